// A master key in AWS KMS.

export { kmsMaster } from './kms-master.ts'
