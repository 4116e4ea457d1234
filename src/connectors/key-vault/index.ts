// A master key in Azure Key Vault or a managed HSM.

export type { KeyVaultClient } from './key-vault-client.ts'
export { type KeyVaultAlgorithm, type KeyVaultMasterOptions, keyVaultMaster } from './key-vault-master.ts'
