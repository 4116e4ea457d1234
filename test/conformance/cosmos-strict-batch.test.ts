import { runStrict } from '../support/cosmos/run-strict.ts'

runStrict('transactionalBatch')
