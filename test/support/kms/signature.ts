import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The credentials that the fake knows. */
export const CREDENTIALS = { accessKeyId: 'AKIDOFTHETESTS', secretAccessKey: 'secret-of-the-tests' }

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/** What is wrong with the signature (AWS Signature Version 4) of a request; undefined if nothing is. */
export function faultOfSignature(request: IncomingMessage, text: string, region: string): string | undefined {
  const [, id, day, scope, service, signed, signature] = AUTHORIZATION.exec(request.headers.authorization ?? '') ?? []
  if (id === undefined || day === undefined || signed === undefined) return 'no signature'
  if (id !== CREDENTIALS.accessKeyId) return 'unknown access key'
  if (service !== 'kms' || scope !== region) return `the scope is ${scope}/${service}`
  const names = signed.split(';')
  const missing = ['content-type', 'host', 'x-amz-date', 'x-amz-target'].filter((name) => !names.includes(name))
  if (missing.length > 0) return `not signed: ${missing}`
  const date = String(request.headers['x-amz-date'])
  if (!date.startsWith(day)) return 'another day'
  const headers = names.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join('')
  const canonical = [request.method, '/', '', headers, signed, sha256(text)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${region}/kms/aws4_request`, sha256(canonical)].join('\n')
  const key = [day, region, 'kms', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${CREDENTIALS.secretAccessKey}`))
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'the signature does not match'
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
