/// Field numbers, names and types of the messages of the wire format; see ``WireSchema`` for the notation.
///
/// Source: k8s.io/api and k8s.io/apimachinery, generated.proto of each group.
extension WireSchema {
    static let appsMessages = """
        Deployment 1=metadata:meta.ObjectMeta 2=spec:DeploymentSpec 3=status:DeploymentStatus
        ReplicaSet 1=metadata:meta.ObjectMeta 2=spec:ReplicaSetSpec 3=status:ReplicaSetStatus
        StatefulSet 1=metadata:meta.ObjectMeta 2=spec:StatefulSetSpec 3=status:StatefulSetStatus
        DaemonSet 1=metadata:meta.ObjectMeta 2=spec:DaemonSetSpec 3=status:DaemonSetStatus
        ControllerRevision 1=metadata:meta.ObjectMeta 2=data:Raw 3=revision:i
        DeploymentSpec 1=replicas:*i 2=selector:*meta.LabelSelector 3=template:core.PodTemplateSpec
          4=strategy:DeploymentStrategy 5=minReadySeconds:i 6=revisionHistoryLimit:*i 7=paused:b
          9=progressDeadlineSeconds:*i
        DeploymentStatus 1=observedGeneration:i 2=replicas:i 3=updatedReplicas:i 4=availableReplicas:i
          5=unavailableReplicas:i 6=conditions:[]DeploymentCondition 7=readyReplicas:i 8=collisionCount:*i
          9=terminatingReplicas:*i
        ReplicaSetSpec 1=replicas:*i 2=selector:*meta.LabelSelector 3=template:core.PodTemplateSpec 4=minReadySeconds:i
        ReplicaSetStatus 1=replicas:i 2=fullyLabeledReplicas:i 3=observedGeneration:i 4=readyReplicas:i
          5=availableReplicas:i 6=conditions:[]ReplicaSetCondition 7=terminatingReplicas:*i
        StatefulSetSpec 1=replicas:*i 2=selector:*meta.LabelSelector 3=template:core.PodTemplateSpec
          4=volumeClaimTemplates:[]core.PersistentVolumeClaim 5=serviceName:s 6=podManagementPolicy:s
          7=updateStrategy:StatefulSetUpdateStrategy 8=revisionHistoryLimit:*i 9=minReadySeconds:i
          10=persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy
          11=ordinals:*StatefulSetOrdinals
        StatefulSetStatus 1=observedGeneration:i 2=replicas:i 3=readyReplicas:i 4=currentReplicas:i 5=updatedReplicas:i
          6=currentRevision:s 7=updateRevision:s 9=collisionCount:*i 10=conditions:[]StatefulSetCondition
          11=availableReplicas:i
        DaemonSetSpec 1=selector:*meta.LabelSelector 2=template:core.PodTemplateSpec
          3=updateStrategy:DaemonSetUpdateStrategy 4=minReadySeconds:i 6=revisionHistoryLimit:*i
        DaemonSetStatus 1=currentNumberScheduled:i 2=numberMisscheduled:i 3=desiredNumberScheduled:i 4=numberReady:i
          5=observedGeneration:i 6=updatedNumberScheduled:i 7=numberAvailable:i 8=numberUnavailable:i
          9=collisionCount:*i 10=conditions:[]DaemonSetCondition
        DeploymentStrategy 1=type:s 2=rollingUpdate:*RollingUpdateDeployment
        DeploymentCondition 1=type:s 2=status:s 4=reason:s 5=message:s 6=lastUpdateTime:Time 7=lastTransitionTime:Time
        ReplicaSetCondition 1=type:s 2=status:s 3=lastTransitionTime:Time 4=reason:s 5=message:s
        StatefulSetUpdateStrategy 1=type:s 2=rollingUpdate:*RollingUpdateStatefulSetStrategy
        StatefulSetPersistentVolumeClaimRetentionPolicy 1=whenDeleted:s 2=whenScaled:s
        StatefulSetOrdinals 1=start:i
        StatefulSetCondition 1=type:s 2=status:s 3=lastTransitionTime:Time 4=reason:s 5=message:s
        DaemonSetUpdateStrategy 1=type:s 2=rollingUpdate:*RollingUpdateDaemonSet
        DaemonSetCondition 1=type:s 2=status:s 3=lastTransitionTime:Time 4=reason:s 5=message:s
        RollingUpdateDeployment 1=maxUnavailable:*IntOrString 2=maxSurge:*IntOrString
        RollingUpdateStatefulSetStrategy 1=partition:*i 2=maxUnavailable:*IntOrString
        RollingUpdateDaemonSet 1=maxUnavailable:*IntOrString 2=maxSurge:*IntOrString
        """

    static let batchMessages = """
        Job 1=metadata:meta.ObjectMeta 2=spec:JobSpec 3=status:JobStatus
        CronJob 1=metadata:meta.ObjectMeta 2=spec:CronJobSpec 3=status:CronJobStatus
        JobSpec 1=parallelism:*i 2=completions:*i 3=activeDeadlineSeconds:*i 4=selector:*meta.LabelSelector
          5=manualSelector:*b 6=template:core.PodTemplateSpec 7=backoffLimit:*i 8=ttlSecondsAfterFinished:*i
          9=completionMode:*s 10=suspend:*b 11=podFailurePolicy:*PodFailurePolicy 12=backoffLimitPerIndex:*i
          13=maxFailedIndexes:*i 14=podReplacementPolicy:*s 15=managedBy:*s 16=successPolicy:*SuccessPolicy
          17=scheduling:*JobSchedulingConfiguration
        JobStatus 1=conditions:[]JobCondition 2=startTime:*Time 3=completionTime:*Time 4=active:i 5=succeeded:i
          6=failed:i 7=completedIndexes:s 8=uncountedTerminatedPods:*UncountedTerminatedPods 9=ready:*i
          10=failedIndexes:*s 11=terminating:*i
        CronJobSpec 1=schedule:s 2=startingDeadlineSeconds:*i 3=concurrencyPolicy:s 4=suspend:*b
          5=jobTemplate:JobTemplateSpec 6=successfulJobsHistoryLimit:*i 7=failedJobsHistoryLimit:*i 8=timeZone:*s
        CronJobStatus 1=active:[]core.ObjectReference 4=lastScheduleTime:*Time 5=lastSuccessfulTime:*Time
        PodFailurePolicy 1=rules:[]PodFailurePolicyRule
        SuccessPolicy 1=rules:[]SuccessPolicyRule
        JobSchedulingConfiguration 1=schedulingPolicy:*scheduling.WorkloadPodGroupSchedulingPolicy
          2=schedulingConstraints:*scheduling.WorkloadPodGroupSchedulingConstraints
          3=disruptionMode:*scheduling.WorkloadPodGroupDisruptionMode
          4=resourceClaims:[]scheduling.WorkloadPodGroupResourceClaim
        JobCondition 1=type:s 2=status:s 3=lastProbeTime:Time 4=lastTransitionTime:Time 5=reason:s 6=message:s
        UncountedTerminatedPods 1=succeeded:[]s 2=failed:[]s
        JobTemplateSpec 1=metadata:meta.ObjectMeta 2=spec:JobSpec
        PodFailurePolicyRule 1=action:s 2=onExitCodes:*PodFailurePolicyOnExitCodesRequirement
          3=onPodConditions:[]PodFailurePolicyOnPodConditionsPattern
        SuccessPolicyRule 1=succeededIndexes:*s 2=succeededCount:*i
        PodFailurePolicyOnExitCodesRequirement 1=containerName:*s 2=operator:s 3=values:[]i
        PodFailurePolicyOnPodConditionsPattern 1=type:s 2=status:s
        """

    static let autoscalingMessages = """
        HorizontalPodAutoscaler 1=metadata:meta.ObjectMeta 2=spec:HorizontalPodAutoscalerSpec
          3=status:HorizontalPodAutoscalerStatus
        HorizontalPodAutoscalerSpec 1=scaleTargetRef:CrossVersionObjectReference 2=minReplicas:*i 3=maxReplicas:i
          4=metrics:[]MetricSpec 5=behavior:*HorizontalPodAutoscalerBehavior
        HorizontalPodAutoscalerStatus 1=observedGeneration:*i 2=lastScaleTime:*Time 3=currentReplicas:i
          4=desiredReplicas:i 5=currentMetrics:[]MetricStatus 6=conditions:[]HorizontalPodAutoscalerCondition
        CrossVersionObjectReference 1=kind:s 2=name:s 3=apiVersion:s
        MetricSpec 1=type:s 2=object:*ObjectMetricSource 3=pods:*PodsMetricSource 4=resource:*ResourceMetricSource
          5=external:*ExternalMetricSource 7=containerResource:*ContainerResourceMetricSource
        HorizontalPodAutoscalerBehavior 1=scaleUp:*HPAScalingRules 2=scaleDown:*HPAScalingRules
        MetricStatus 1=type:s 2=object:*ObjectMetricStatus 3=pods:*PodsMetricStatus 4=resource:*ResourceMetricStatus
          5=external:*ExternalMetricStatus 7=containerResource:*ContainerResourceMetricStatus
        HorizontalPodAutoscalerCondition 1=type:s 2=status:s 3=lastTransitionTime:Time 4=reason:s 5=message:s
          6=observedGeneration:*i
        ObjectMetricSource 1=describedObject:CrossVersionObjectReference 2=target:MetricTarget 3=metric:MetricIdentifier
        PodsMetricSource 1=metric:MetricIdentifier 2=target:MetricTarget
        ResourceMetricSource 1=name:s 2=target:MetricTarget
        ContainerResourceMetricSource 1=name:s 2=target:MetricTarget 3=container:s
        ExternalMetricSource 1=metric:MetricIdentifier 2=target:MetricTarget
        HPAScalingRules 1=selectPolicy:*s 2=policies:[]HPAScalingPolicy 3=stabilizationWindowSeconds:*i
          4=tolerance:*Quantity
        ObjectMetricStatus 1=metric:MetricIdentifier 2=current:MetricValueStatus
          3=describedObject:CrossVersionObjectReference
        PodsMetricStatus 1=metric:MetricIdentifier 2=current:MetricValueStatus
        ResourceMetricStatus 1=name:s 2=current:MetricValueStatus
        ContainerResourceMetricStatus 1=name:s 2=current:MetricValueStatus 3=container:s
        ExternalMetricStatus 1=metric:MetricIdentifier 2=current:MetricValueStatus
        MetricTarget 1=type:s 2=value:*Quantity 3=averageValue:*Quantity 4=averageUtilization:*i
        MetricIdentifier 1=name:s 2=selector:*meta.LabelSelector
        HPAScalingPolicy 1=type:s 2=value:i 3=periodSeconds:i
        MetricValueStatus 1=value:*Quantity 2=averageValue:*Quantity 3=averageUtilization:*i
        """

    static let policyMessages = """
        PodDisruptionBudget 1=metadata:meta.ObjectMeta 2=spec:PodDisruptionBudgetSpec 3=status:PodDisruptionBudgetStatus
        Eviction 1=metadata:meta.ObjectMeta 2=deleteOptions:*meta.DeleteOptions
        PodDisruptionBudgetSpec 1=minAvailable:*IntOrString 2=selector:*meta.LabelSelector 3=maxUnavailable:*IntOrString
          4=unhealthyPodEvictionPolicy:*s
        PodDisruptionBudgetStatus 1=observedGeneration:i 2=disruptedPods:{}Time 3=disruptionsAllowed:i
          4=currentHealthy:i 5=desiredHealthy:i 6=expectedPods:i 7=conditions:[]meta.Condition
        """

    static let networkingMessages = """
        NetworkPolicy 1=metadata:meta.ObjectMeta 2=spec:NetworkPolicySpec
        Ingress 1=metadata:meta.ObjectMeta 2=spec:IngressSpec 3=status:IngressStatus
        IngressClass 1=metadata:meta.ObjectMeta 2=spec:IngressClassSpec
        NetworkPolicySpec 1=podSelector:meta.LabelSelector 2=ingress:[]NetworkPolicyIngressRule
          3=egress:[]NetworkPolicyEgressRule 4=policyTypes:[]s
        IngressSpec 1=defaultBackend:*IngressBackend 2=tls:[]IngressTLS 3=rules:[]IngressRule 4=ingressClassName:*s
        IngressStatus 1=loadBalancer:IngressLoadBalancerStatus
        IngressClassSpec 1=controller:s 2=parameters:*IngressClassParametersReference
        NetworkPolicyIngressRule 1=ports:[]NetworkPolicyPort 2=from:[]NetworkPolicyPeer
        NetworkPolicyEgressRule 1=ports:[]NetworkPolicyPort 2=to:[]NetworkPolicyPeer
        IngressBackend 3=resource:*core.TypedLocalObjectReference 4=service:*IngressServiceBackend
        IngressTLS 1=hosts:[]s 2=secretName:s
        IngressRule 1=host:s 2=.:IngressRuleValue
        IngressLoadBalancerStatus 1=ingress:[]IngressLoadBalancerIngress
        IngressClassParametersReference 1=apiGroup:*s 2=kind:s 3=name:s 4=scope:*s 5=namespace:*s
        NetworkPolicyPort 1=protocol:*s 2=port:*IntOrString 3=endPort:*i
        NetworkPolicyPeer 1=podSelector:*meta.LabelSelector 2=namespaceSelector:*meta.LabelSelector 3=ipBlock:*IPBlock
        IngressServiceBackend 1=name:s 2=port:ServiceBackendPort
        IngressRuleValue 1=http:*HTTPIngressRuleValue
        IngressLoadBalancerIngress 1=ip:s 2=hostname:s 4=ports:[]IngressPortStatus
        IPBlock 1=cidr:s 2=except:[]s
        ServiceBackendPort 1=name:s 2=number:i
        HTTPIngressRuleValue 1=paths:[]HTTPIngressPath
        IngressPortStatus 1=port:i 2=protocol:s 3=error:*s
        HTTPIngressPath 1=path:s 2=backend:IngressBackend 3=pathType:*s
        """

    static let schedulingMessages = """
        PriorityClass 1=metadata:meta.ObjectMeta 2=value:i 3=globalDefault:b 4=description:s 5=preemptionPolicy:*s
        """

    static let coordinationMessages = """
        Lease 1=metadata:meta.ObjectMeta 2=spec:LeaseSpec
        LeaseSpec 1=holderIdentity:*s 2=leaseDurationSeconds:*i 3=acquireTime:*MicroTime 4=renewTime:*MicroTime
          5=leaseTransitions:*i 6=strategy:*s 7=preferredHolder:*s
        """

    static let discoveryMessages = """
        EndpointSlice 1=metadata:meta.ObjectMeta 2=endpoints:[]Endpoint 3=ports:[]EndpointPort 4=addressType:s
        Endpoint 1=addresses:[]s 2=conditions:EndpointConditions 3=hostname:*s 4=targetRef:*core.ObjectReference
          5=deprecatedTopology:{}s 6=nodeName:*s 7=zone:*s 8=hints:*EndpointHints
        EndpointPort 1=name:*s 2=protocol:*s 3=port:*i 4=appProtocol:*s
        EndpointConditions 1=ready:*b 2=serving:*b 3=terminating:*b
        EndpointHints 1=forZones:[]ForZone 2=forNodes:[]ForNode
        ForZone 1=name:s
        ForNode 1=name:s
        """

    static let eventsMessages = """
        Event 1=metadata:meta.ObjectMeta 2=eventTime:MicroTime 3=series:*EventSeries 4=reportingController:s
          5=reportingInstance:s 6=action:s 7=reason:s 8=regarding:core.ObjectReference 9=related:*core.ObjectReference
          10=note:s 11=type:s 12=deprecatedSource:core.EventSource 13=deprecatedFirstTimestamp:Time
          14=deprecatedLastTimestamp:Time 15=deprecatedCount:i
        EventSeries 1=count:i 2=lastObservedTime:MicroTime
        """

    static let rbacMessages = """
        Role 1=metadata:meta.ObjectMeta 2=rules:[]PolicyRule
        RoleBinding 1=metadata:meta.ObjectMeta 2=subjects:[]Subject 3=roleRef:RoleRef
        ClusterRole 1=metadata:meta.ObjectMeta 2=rules:[]PolicyRule 3=aggregationRule:*AggregationRule
        ClusterRoleBinding 1=metadata:meta.ObjectMeta 2=subjects:[]Subject 3=roleRef:RoleRef
        PolicyRule 1=verbs:[]s 2=apiGroups:[]s 3=resources:[]s 4=resourceNames:[]s 5=nonResourceURLs:[]s
        Subject 1=kind:s 2=apiGroup:s 3=name:s 4=namespace:s
        RoleRef 1=apiGroup:s 2=kind:s 3=name:s
        AggregationRule 1=clusterRoleSelectors:[]meta.LabelSelector
        """

    static let authorizationMessages = """
        SelfSubjectAccessReview 1=metadata:meta.ObjectMeta 2=spec:SelfSubjectAccessReviewSpec
          3=status:SubjectAccessReviewStatus
        SelfSubjectRulesReview 1=metadata:meta.ObjectMeta 2=spec:SelfSubjectRulesReviewSpec
          3=status:SubjectRulesReviewStatus
        SubjectAccessReview 1=metadata:meta.ObjectMeta 2=spec:SubjectAccessReviewSpec 3=status:SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec 1=resourceAttributes:*ResourceAttributes
          2=nonResourceAttributes:*NonResourceAttributes
        SubjectAccessReviewStatus 1=allowed:b 2=reason:s 3=evaluationError:s 4=denied:b
        SelfSubjectRulesReviewSpec 1=namespace:s
        SubjectRulesReviewStatus 1=resourceRules:[]ResourceRule 2=nonResourceRules:[]NonResourceRule 3=incomplete:b
          4=evaluationError:s
        SubjectAccessReviewSpec 1=resourceAttributes:*ResourceAttributes 2=nonResourceAttributes:*NonResourceAttributes
          3=user:s 4=groups:[]s 5=extra:{}ExtraValue 6=uid:s
        ResourceAttributes 1=namespace:s 2=verb:s 3=group:s 4=version:s 5=resource:s 6=subresource:s 7=name:s
          8=fieldSelector:*FieldSelectorAttributes 9=labelSelector:*LabelSelectorAttributes
        NonResourceAttributes 1=path:s 2=verb:s
        ResourceRule 1=verbs:[]s 2=apiGroups:[]s 3=resources:[]s 4=resourceNames:[]s
        NonResourceRule 1=verbs:[]s 2=nonResourceURLs:[]s
        ExtraValue 1=items:[]s
        FieldSelectorAttributes 1=rawSelector:s 2=requirements:[]meta.FieldSelectorRequirement
        LabelSelectorAttributes 1=rawSelector:s 2=requirements:[]meta.LabelSelectorRequirement
        """

    static let authenticationMessages = """
        SelfSubjectReview 1=metadata:meta.ObjectMeta 2=status:SelfSubjectReviewStatus
        TokenRequest 1=metadata:meta.ObjectMeta 2=spec:TokenRequestSpec 3=status:TokenRequestStatus
        SelfSubjectReviewStatus 1=userInfo:UserInfo
        TokenRequestSpec 1=audiences:[]s 3=boundObjectRef:*BoundObjectReference 4=expirationSeconds:*i
          5=attestations:{}AttestationValue
        TokenRequestStatus 1=token:s 2=expirationTimestamp:Time
        UserInfo 1=username:s 2=uid:s 3=groups:[]s 4=extra:{}ExtraValue
        BoundObjectReference 1=kind:s 2=apiVersion:s 3=name:s 4=uid:s
        AttestationValue 1=items:[]s
        ExtraValue 1=items:[]s
        """

    static let admissionregistrationMessages = """
        MutatingWebhookConfiguration 1=metadata:meta.ObjectMeta 2=webhooks:[]MutatingWebhook
        ValidatingWebhookConfiguration 1=metadata:meta.ObjectMeta 2=webhooks:[]ValidatingWebhook
        MutatingWebhook 1=name:s 2=clientConfig:WebhookClientConfig 3=rules:[]RuleWithOperations 4=failurePolicy:*s
          5=namespaceSelector:*meta.LabelSelector 6=sideEffects:*s 7=timeoutSeconds:*i 8=admissionReviewVersions:[]s
          9=matchPolicy:*s 10=reinvocationPolicy:*s 11=objectSelector:*meta.LabelSelector
          12=matchConditions:[]MatchCondition
        ValidatingWebhook 1=name:s 2=clientConfig:WebhookClientConfig 3=rules:[]RuleWithOperations 4=failurePolicy:*s
          5=namespaceSelector:*meta.LabelSelector 6=sideEffects:*s 7=timeoutSeconds:*i 8=admissionReviewVersions:[]s
          9=matchPolicy:*s 10=objectSelector:*meta.LabelSelector 11=matchConditions:[]MatchCondition
        ValidatingAdmissionPolicy 1=metadata:meta.ObjectMeta 2=spec:ValidatingAdmissionPolicySpec
          3=status:ValidatingAdmissionPolicyStatus
        ValidatingAdmissionPolicyBinding 1=metadata:meta.ObjectMeta 2=spec:ValidatingAdmissionPolicyBindingSpec
        ValidatingAdmissionPolicySpec 1=paramKind:*ParamKind 2=matchConstraints:*MatchResources
          3=validations:[]Validation 4=failurePolicy:*s 5=auditAnnotations:[]AuditAnnotation
          6=matchConditions:[]MatchCondition 7=variables:[]Variable
        ValidatingAdmissionPolicyStatus 1=observedGeneration:i 2=typeChecking:*TypeChecking 3=conditions:[]meta.Condition
        ValidatingAdmissionPolicyBindingSpec 1=policyName:s 2=paramRef:*ParamRef 3=matchResources:*MatchResources
          4=validationActions:[]s
        ParamKind 1=apiVersion:s 2=kind:s
        ParamRef 1=name:s 2=namespace:s 3=selector:*meta.LabelSelector 4=parameterNotFoundAction:*s
        MatchResources 1=namespaceSelector:*meta.LabelSelector 2=objectSelector:*meta.LabelSelector
          3=resourceRules:[]NamedRuleWithOperations 4=excludeResourceRules:[]NamedRuleWithOperations 7=matchPolicy:*s
        NamedRuleWithOperations 1=resourceNames:[]s 2=.:RuleWithOperations
        Validation 1=expression:s 2=message:s 3=reason:*s 4=messageExpression:s
        AuditAnnotation 1=key:s 2=valueExpression:s
        Variable 1=name:s 2=expression:s
        TypeChecking 1=expressionWarnings:[]ExpressionWarning
        ExpressionWarning 2=fieldRef:s 3=warning:s
        WebhookClientConfig 1=service:*ServiceReference 2=caBundle:y 3=url:*s
        RuleWithOperations 1=operations:[]s 2=.:Rule
        MatchCondition 1=name:s 2=expression:s
        ServiceReference 1=namespace:s 2=name:s 3=path:*s 4=port:*i
        Rule 1=apiGroups:[]s 2=apiVersions:[]s 3=resources:[]s 4=scope:*s
        """

    static let metaMessages = """
        DeleteOptions 1=gracePeriodSeconds:*i 2=preconditions:*Preconditions 3=orphanDependents:*b
          4=propagationPolicy:*s 5=dryRun:[]s 6=ignoreStoreReadErrorWithClusterBreakingPotential:*b
        ObjectMeta 1=name:s 2=generateName:s 3=namespace:s 4=selfLink:s 5=uid:s 6=resourceVersion:s 7=generation:i
          8=creationTimestamp:Time 9=deletionTimestamp:*Time 10=deletionGracePeriodSeconds:*i 11=labels:{}s
          12=annotations:{}s 13=ownerReferences:[]OwnerReference 14=finalizers:[]s 17=managedFields:[]ManagedFieldsEntry
        Preconditions 1=uid:*s 2=resourceVersion:*s
        OwnerReference 1=kind:s 3=name:s 4=uid:s 5=apiVersion:s 6=controller:*b 7=blockOwnerDeletion:*b
        ManagedFieldsEntry 1=manager:s 2=operation:s 3=apiVersion:s 4=time:*Time 6=fieldsType:s 7=fieldsV1:*Raw
          8=subresource:s
        Condition 1=type:s 2=status:s 3=observedGeneration:i 4=lastTransitionTime:Time 5=reason:s 6=message:s
        LabelSelector 1=matchLabels:{}s 2=matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement 1=key:s 2=operator:s 3=values:[]s
        FieldSelectorRequirement 1=key:s 2=operator:s 3=values:[]s
        """

    static let storageMessages = """
        StorageClass 1=metadata:meta.ObjectMeta 2=provisioner:s 3=parameters:{}s 4=reclaimPolicy:*s 5=mountOptions:[]s
          6=allowVolumeExpansion:*b 7=volumeBindingMode:*s 8=allowedTopologies:[]core.TopologySelectorTerm
        """

    static let nodeMessages = """
        RuntimeClass 1=metadata:meta.ObjectMeta 2=handler:s 3=overhead:*Overhead 4=scheduling:*Scheduling
        Overhead 1=podFixed:{}Quantity
        Scheduling 1=nodeSelector:{}s 2=tolerations:[]core.Toleration
        """
}
