import { InvalidConfiguration } from '../../core/errors/input.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'

/** What is called. */
export type KeyVaultOperation = 'wrapKey' | 'unwrapKey'

type Described = { readonly status: number | undefined; readonly code: string; readonly inner: string | undefined }

/**
 * An error of the SDK as one of the vault's: only codes and statuses of it are repeated, and none of them says that
 * anybody was forgotten.
 */
export function toFailure(id: string, operation: KeyVaultOperation, algorithm: string, error: unknown): Error {
  const described = describe(error)
  if (described.status === 400) {
    const fault = operation === 'unwrapKey' ? 'the key did not wrap these bytes, or' : ''
    const reason = `${fault} ${algorithm} is no algorithm of this key (use A256KW for an AES key of 256 bits)`.trim()
    return new InvalidConfiguration('master', `${id}: ${reason}`, { cause: error })
  }
  return new KeysUnavailable(
    `${id}: ${operation} failed (${textOf(described)}). ${adviceFor(id, operation, described, error)}`.trim(),
    {
      cause: error,
    },
  )
}

function adviceFor(id: string, operation: KeyVaultOperation, { status, code, inner }: Described, error: unknown) {
  if (inner === 'KeyDisabled') {
    return `The key is disabled, and nothing was erased: enable it again (az keyvault key set-attributes --id ${id} --enabled true)`
  }
  if (isExpired(inner, error)) {
    return `The key is outside its dates, and nothing was erased: change them (az keyvault key set-attributes --id ${id} --expires …)`
  }
  if (inner?.startsWith('ForbiddenByFirewall') || inner?.startsWith('ForbiddenByConnection')) {
    return 'The network rules of the key vault refuse this address'
  }
  if (status === 403 && DENIED.has(inner)) {
    return `The permission keys/${operation} is missing: assign the role Key Vault Crypto Service Encryption User for this key`
  }
  if (status === 404) {
    return 'The key is not there, which is no erasure: it may be deleted and recoverable (az keyvault key recover), or its id may be wrong'
  }
  if (code === 'ENOTFOUND') {
    return 'The host of the key vault has no address: the vault may be deleted and recoverable (az keyvault recover), or its name may be wrong'
  }
  if (status === 401 || isOfCredential(error)) return 'Key Vault got no valid token: see the credential of the client'
  return ''
}

const DENIED: ReadonlySet<string | undefined> = new Set([
  'ForbiddenByRbac',
  'ForbiddenByPolicy',
  'AccessDenied',
  undefined,
])

// The SDK compares the dates itself if it may read the key, with an error that has no code.
const isExpired = (inner: string | undefined, error: unknown): boolean =>
  inner === 'KeyExpired' ||
  inner === 'KeyNotYetValid' ||
  (error instanceof Error && /^Key \S+ (expired at|can't be used before) /.test(error.message))

const isOfCredential = (error: unknown): boolean =>
  error instanceof Error && /^(Aggregate)?(Authentication|CredentialUnavailable)/.test(error.name)

const textOf = ({ status, code, inner }: Described): string =>
  [status === undefined ? code : `status ${status}, ${code}`, inner].filter((part) => part !== undefined).join(', ')

function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { status: undefined, code: 'unexpected error', inner: undefined }
  const { statusCode, code, details } = error as Error & { statusCode?: unknown; code?: unknown; details?: unknown }
  return {
    status: typeof statusCode === 'number' ? statusCode : undefined,
    code: typeof code === 'string' ? code : error.name,
    inner: innerCode(details),
  }
}

type ServiceError = { readonly error?: { readonly innerError?: { readonly code?: unknown } } }

function innerCode(details: unknown): string | undefined {
  const code = (details as ServiceError | undefined)?.error?.innerError?.code
  return typeof code === 'string' ? code : undefined
}
