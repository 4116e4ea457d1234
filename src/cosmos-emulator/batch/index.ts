export { type Patch, patchItem } from './patch-item.ts'
export { type BatchAnswer, type BatchOperation, type BatchResult, type ChargeOf, runBatch } from './run-batch.ts'
