// Published as `tidemark/privacy`.

export type { Vault } from '../core/events/sealing/vault.ts'
export { type CopyKeysOptions, type CopyKeysReport, copyKeys } from './forgetting/copy-keys.ts'
export type { FinishResult } from './forgetting/finish.ts'
export type { ForgetResult } from './forgetting/forget.ts'
export { type ForgottenPerson, listForgotten } from './forgetting/marker.ts'
export type { ReapplyOptions, ReapplyReport } from './forgetting/reapply.ts'
export type { RetiredMaster, RotationOptions, RotationReport } from './forgetting/rotate.ts'
export type { EpochStatus, VaultStatus } from './forgetting/status.ts'
export { openVault, type PrivacyVault } from './open-vault.ts'
export { type SweepOptions, type SweepReport, sweepPayloads } from './payloads/audit/sweep-payloads.ts'
export {
  type PayloadFault,
  type VerifyOptions,
  type VerifyReport,
  verifyPayloads,
} from './payloads/audit/verify-payloads.ts'
export { folderPayloads } from './payloads/folder/folder-payloads.ts'
export type { PayloadCache, PayloadRule, PayloadStore, PayloadTraits, StoredPayload } from './payloads/payload-store.ts'
export { type FoundVault, findVault } from './vault/find-vault.ts'
export { createLocalMaster, localMaster } from './vault/master/local-master.ts'
export type { MasterContext, MasterKey } from './vault/master/master-key.ts'
export type { VaultOptions } from './vault/vault-options.ts'
export { withVault } from './with-vault.ts'
