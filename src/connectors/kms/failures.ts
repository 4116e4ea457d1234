import { InvalidConfiguration } from '../../core/errors/input.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'

/** What is called. */
export type KmsOperation = 'Encrypt' | 'Decrypt'

/**
 * An error of the SDK as one of the vault's: only its code and status are repeated, and none of them says that anybody
 * was forgotten.
 */
export function toFailure(arn: string, operation: KmsOperation, error: unknown): Error {
  const code = codeOf(error)
  const fault = FAULTS[code]
  if (fault !== undefined) return new InvalidConfiguration('master', `${arn}: ${fault} (${code})`, { cause: error })
  const status = statusOf(error)
  const text = [...(status === undefined ? [] : [`status ${status}`]), code, ...networkCodesOf(error)].join(', ')
  const advice = ADVICE[code]?.(arn, operation) ?? ''
  return new KeysUnavailable(`${arn}: ${operation} failed (${text}). ${advice}`.trim(), { cause: error })
}

// What is wrong however often it is tried.
const FAULTS: Readonly<Record<string, string>> = {
  IncorrectKeyException: 'another key wrapped these bytes',
  InvalidCiphertextException: 'the key did not wrap these bytes, or wrapped them for another vault or epoch',
  InvalidKeyUsageException: 'only a symmetric key for encryption and decryption can be a master key',
}

const signedByNobody = () => 'KMS does not accept the credentials of the client'

const ADVICE: Readonly<Record<string, (arn: string, operation: KmsOperation) => string>> = {
  AccessDeniedException: (arn, operation) =>
    `The permission kms:${operation} for ${arn} is missing: grant it in the key's policy, or by an IAM policy if the key's policy allows that`,
  DisabledException: (arn) =>
    `The key is disabled, and nothing was erased: enable it again (aws kms enable-key --key-id ${arn})`,
  KMSInvalidStateException: (arn) =>
    `The key cannot be used in its state, which is no erasure: if it is pending deletion, cancel that before the waiting period ends (aws kms cancel-key-deletion --key-id ${arn}, then aws kms enable-key)`,
  NotFoundException: () =>
    'The key is not there, which is no erasure: see the region and the account; a key whose waiting period is over cannot be restored',
  CredentialsProviderError: signedByNobody,
  ExpiredTokenException: signedByNobody,
  IncompleteSignatureException: signedByNobody,
  InvalidSignatureException: signedByNobody,
  MissingAuthenticationTokenException: signedByNobody,
  UnrecognizedClientException: signedByNobody,
}

const codeOf = (error: unknown): string => (error instanceof Error ? error.name : 'unexpected error')

// Errors of the network are named Error or TimeoutError, with a code such as ECONNRESET.
const networkCodesOf = (error: unknown): readonly string[] =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? [error.code] : []

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode
}
