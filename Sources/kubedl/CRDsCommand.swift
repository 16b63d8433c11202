import ArgumentParser
import FoundationEssentials
import KubernetesModel
import Workloads
import YAML

/// Writes the CustomResourceDefinitions, generated from the Swift types.
struct CRDsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds", abstract: "Print the CustomResourceDefinitions, or write them to a folder.")

    @Option(help: "Folder to write one file a kind into; without it they are printed.")
    var output: String?

    func run() async throws {
        for resource in CustomResource.all {
            let text = YAML.emit(resource.definition)
            guard let output else {
                print("---\n" + text, terminator: "")
                continue
            }
            let file = URL(filePath: output).appending(
                path: "\(resource.resource.group)_\(resource.resource.plural).yaml")
            do {
                try Data(text.utf8).write(to: file, options: .atomic)
            } catch {
                throw ValidationError("cannot write \(file.path()): \(error). Does the folder \(output) exist?")
            }
        }
    }
}
