#pragma once
// What Cryptography uses of OpenSSL 3. Macros and variadic functions do not reach Swift, so each has a typed inline
// function here. Functions named get0 lend a pointer that their argument owns.
#include <stdbool.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// Writes the earliest error of this thread into `text` and empties the queue. False when there is none.
static inline bool kubedl_take_error(char *text, size_t capacity) {
    unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) { return false; }
    ERR_error_string_n(code, text, capacity);
    return true;
}

/// The bytes gathered by a memory BIO; `length` receives how many.
static inline const unsigned char *kubedl_bio_get0_bytes(BIO *bio, size_t *length) {
    char *bytes = NULL;
    long count = BIO_get_mem_data(bio, &bytes);
    *length = count > 0 ? (size_t)count : 0;
    return (const unsigned char *)bytes;
}

/// A new P-256 key pair, or NULL.
static inline EVP_PKEY *kubedl_generate_p256(void) { return EVP_EC_gen("P-256"); }

/// PEM readers that never ask for a pass phrase on the terminal.
static inline int kubedl_no_pass_phrase(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}
static inline X509 *kubedl_pem_read_certificate(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, kubedl_no_pass_phrase, NULL);
}
static inline EVP_PKEY *kubedl_pem_read_private_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, kubedl_no_pass_phrase, NULL);
}
/// Writes the key as unencrypted PKCS #8.
static inline int kubedl_pem_write_private_key(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

/// The subject alternative names of a certificate (to be freed with kubedl_names_free), or NULL when it has none.
static inline GENERAL_NAMES *kubedl_subject_alternative_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int kubedl_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline void kubedl_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
/// The type (GEN_DNS, GEN_IPADD, …) and bytes of one name.
static inline int kubedl_name_at(
    const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *bytes = NULL;
    *length = 0;
    if (name->type != GEN_DNS && name->type != GEN_IPADD && name->type != GEN_URI) { return name->type; }
    const ASN1_STRING *value = name->type == GEN_IPADD ? name->d.iPAddress : name->d.ia5;
    *bytes = ASN1_STRING_get0_data(value);
    *length = ASN1_STRING_length(value);
    return name->type;
}
static const int kubedl_name_dns = GEN_DNS;
static const int kubedl_name_ip = GEN_IPADD;

/// Adds the extension `nid` written as in openssl.cnf(5), for example "critical,CA:TRUE". `issuer` may be `subject`.
static inline bool kubedl_add_extension(X509 *subject, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) { return false; }
    int added = X509_add_ext(subject, extension, -1);
    X509_EXTENSION_free(extension);
    return added == 1;
}
