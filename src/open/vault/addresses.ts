import { InvalidConfiguration } from '../../core/errors/input.ts'
import { readParameters } from '../url-parameters.ts'

/** Where a master key is. */
export type MasterAddress =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'key-vault'; readonly url: string }
  | { readonly kind: 'kms'; readonly arn: string; readonly region: string }

/** Where payloads are. */
export type PayloadAddress =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      readonly prefix: string
      readonly region?: string
      readonly endpoint?: string
    }
  | { readonly kind: 'azure-blob'; readonly account: string; readonly container: string }

const KEY_VAULT = /^https:\/\/[^/?#\s@]+\/keys\/[A-Za-z0-9-]+\/[A-Za-z0-9]+$/
const KMS = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/
const SCHEME = /^([a-z][a-z0-9+.-]+):/i

/**
 * Parses one master key: the path of a file, `https://<vault>/keys/<name>/<version>` or
 * `arn:aws:kms:<region>:<account>:key/<id>`.
 *
 * @throws InvalidConfiguration
 */
export function parseMasterAddress(text: string, setting: string): MasterAddress {
  const [, scheme = ''] = SCHEME.exec(text) ?? []
  if (scheme.toLowerCase() === 'https') {
    if (KEY_VAULT.test(text)) return { kind: 'key-vault', url: text }
    const example = 'https://<vault>.vault.azure.net/keys/<name>/<version>'
    throw new InvalidConfiguration(setting, `a key in Azure Key Vault must be named with its version, as in ${example}`)
  }
  if (scheme.toLowerCase() === 'arn') {
    const [, region] = KMS.exec(text) ?? []
    if (region !== undefined) return { kind: 'kms', arn: text, region }
    const example = 'arn:aws:kms:<region>:<account>:key/<id>'
    throw new InvalidConfiguration(setting, `a key in AWS KMS must be named by its ARN, as in ${example}`)
  }
  if (scheme === '') return { kind: 'file', file: text }
  throw new InvalidConfiguration(
    setting,
    'must be the path of a file that tidemark vault init creates, the URL of a key in Azure Key Vault, or the ARN of a key in AWS KMS',
  )
}

/**
 * Parses where payloads are: the path of a folder, `s3://bucket/prefix` or `azblob://account/container`.
 *
 * @throws InvalidConfiguration
 */
export function parsePayloadAddress(text: string, setting: string): PayloadAddress {
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]+):)?(.*)$/is.exec(text) ?? []
  if (scheme === '') return { kind: 'folder', folder: text }
  if (scheme.toLowerCase() === 's3') return parseS3(rest, setting)
  if (scheme.toLowerCase() === 'azblob') return parseBlob(rest, setting)
  throw new InvalidConfiguration(setting, 'must be a folder, s3://bucket/prefix or azblob://account/container')
}

function parseS3(rest: string, setting: string): PayloadAddress {
  const [, bucket, path = '', query = ''] =
    /^\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9_./-]*))?(?:\?(.*))?$/.exec(rest) ?? []
  if (bucket === undefined) throw new InvalidConfiguration(setting, 'must name a bucket, as in s3://bucket/prefix')
  const { region, endpoint } = readParameters(query, ['region', 'endpoint'], setting)
  if (endpoint !== undefined && !/^https?:\/\/[^/?#\s@]+\/?$/.test(endpoint)) {
    throw new InvalidConfiguration(setting, 'endpoint must be the URL of a server, as in http://127.0.0.1:9000')
  }
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`
  return {
    kind: 's3',
    bucket,
    prefix,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  }
}

function parseBlob(rest: string, setting: string): PayloadAddress {
  const [, account, container] = /^\/\/([a-z0-9]{3,24})\/([a-z0-9](?:-?[a-z0-9]){2,62})\/?$/.exec(rest) ?? []
  if (account !== undefined && container !== undefined) return { kind: 'azure-blob', account, container }
  throw new InvalidConfiguration(setting, 'must name an account and a container, as in azblob://account/container')
}
