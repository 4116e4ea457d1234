// What `tidemark witness` needs, loaded when it is started.

export { createWitnessServer } from './server.ts'
export { assertLogs, createWitness, newestHeads } from './witness.ts'
export { witnessSigner } from './witness-signer.ts'
