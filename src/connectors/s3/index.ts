// Payloads in S3, and in services that speak its protocol.

export { type S3PayloadOptions, s3Payloads } from './s3-payloads.ts'
