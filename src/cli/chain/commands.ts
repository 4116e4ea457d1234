import { addChainAnchor } from './anchor.ts'
import { addChainBranch } from './branch.ts'
import { addChainCheckProof } from './check-proof.ts'
import { addChainExport } from './export.ts'
import { addChainHead } from './head.ts'
import { addChainKey } from './key.ts'
import { addChainMine } from './mine.ts'
import { addChainPause, addChainResume } from './pause.ts'
import { addChainProve } from './prove.ts'
import { addChainRestart } from './restart.ts'
import { addChainSeal } from './seal.ts'
import { addChainSealKey } from './seals/seal-key.ts'
import { addChainSealViews } from './seals/seal-views.ts'
import { addChainStatus } from './status.ts'
import { addChainVerify } from './verify.ts'
import { addChainWriterKey } from './writer-key.ts'

/** The commands of `tidemark chain`. */
export const CHAIN = [
  addChainKey,
  addChainWriterKey,
  addChainStatus,
  addChainHead,
  addChainSeal,
  addChainAnchor,
  addChainVerify,
  addChainProve,
  addChainCheckProof,
  addChainExport,
  addChainBranch,
  addChainSealKey,
  addChainSealViews,
  addChainMine,
  addChainPause,
  addChainResume,
  addChainRestart,
] as const
