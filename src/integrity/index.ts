// Published as `tidemark/integrity`.

export type { FeedConsumer } from '../core/feed/consumer.ts'
export type { BranchSubject } from './branches/branch-name.ts'
export type { SealedBranch } from './branches/last-branch.ts'
export { type SealBranchOptions, sealBranch } from './branches/seal-branch.ts'
export type { ChainOptions } from './chain/chain-context.ts'
export type { ChainStatus, SealedRange } from './chain/chain-status.ts'
export type { ChainLength, ChainSummary } from './chain/chain-summary.ts'
export type { Sealed, SealNowOptions } from './chain/sealing/seal-now.ts'
export { SEALING, sealing } from './chain/sealing/sealing.ts'
export type { SealingOptions } from './chain/sealing/sealing-options.ts'
export type { Anchor, ProveConsistency } from './heads/anchor.ts'
export { type CommandAnchorOptions, commandAnchor } from './heads/anchors/command-anchor.ts'
export { fileAnchor } from './heads/anchors/file-anchor.ts'
export { type WitnessAnchorOptions, witnessAnchor } from './heads/anchors/witness-anchor.ts'
export type { TreeHead } from './heads/head.ts'
export type { AnchorState, HeadReport } from './heads/head-report.ts'
export type { Signer } from './heads/signer.ts'
export { type CallbackSignerOptions, callbackSigner } from './heads/signers/callback-signer.ts'
export { createSigner, fileSigner } from './heads/signers/file-signer.ts'
export { parseVerifierKey, type VerifierKey } from './keys/verifier-key.ts'
export { type MineResult, mine } from './mining/mine.ts'
export type { MineOptions, MineProgress } from './mining/options.ts'
export { type OpenedHead, openHead } from './notes/head-text.ts'
export { type Chain, openChain } from './open-chain.ts'
export { prove } from './proofs/prove.ts'
export { type ProvedEvent, verifyProof } from './proofs/verify-proof.ts'
export { type SealExistingOptions, type SealedExisting, sealExisting } from './seals/seal-existing.ts'
export { createSealKey, readSealKey } from './seals/seal-key-file.ts'
export { type SealOptions, withSeals } from './seals/with-seals.ts'
export { type ExportOptions, exportTiles, type TileFile } from './tiles/export-tiles.ts'
export type {
  BranchReport,
  Finding,
  FindingCode,
  Severity,
  Trust,
  VerifyOptions,
  VerifyProgress,
  VerifyReport,
} from './verify/report.ts'
export { verifyChain } from './verify/verify-chain.ts'
export type { SealKind } from './writer-seal/seal-kinds.ts'
export { verifyWriterSeal } from './writer-seal/verify-writer-seal.ts'
export { createWriterKey, readWriterKey, type WriterKey, writerKeyOf } from './writer-seal/writer-key.ts'
export { withWriterSeal, writerSeal } from './writer-seal/writer-seal.ts'
export { type WriterVerifier, writerVerifier } from './writer-seal/writer-verifier.ts'
