import type { Command } from 'commander'
import type { PayloadFault, VerifyReport } from '../../privacy/index.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { type VaultSession, withVaultStorage } from '../support/vault-session.ts'

const notes = `
Reads every payload once. A fault is one of: lost (its store does not have it), tampered (its size or hash differs),
unforgotten (its person was forgotten, and it is still there: a worker removes it), noRule (no store is configured under the
name in the event). With --json, one line for each fault, then one for the whole. Exits with ${EXIT.failed} when there is a fault.`

/** `tidemark payloads verify`: compares payloads with the events that refer to them. */
export const addPayloadsVerify = (group: Command): Command =>
  explain(storageOptions(group.command('verify')), ['payloads verify', 'payloads verify --json'], notes)
    .description('Reads all payloads that events refer to, and compares them with the hashes in the events.')
    .action((options: CommonOptions) => withVaultStorage(options, verify))

async function verify({ storage, vault, payloads, signal, json, out, endWith }: VaultSession): Promise<void> {
  const { verifyPayloads } = await import('../../privacy/index.ts')
  const tally = startTally('events')
  const faults: Promise<void>[] = []
  const onFault = (fault: PayloadFault) => {
    faults.push(
      out.line(json ? jsonLine(fault) : `${fault.event} ${fault.field}: ${fault.kind} (${fault.rule} ${fault.key})`),
    )
  }
  const report = await verifyPayloads(storage, payloads, {
    isForgotten: async (key) => !(await vault.states.areCurrent([key])),
    onFault,
    onProgress: ({ events }: VerifyReport) => tally.update(events),
    signal,
  }).finally(tally.stop)
  await Promise.all(faults)
  // What was read until then proves nothing.
  signal.throwIfAborted()
  if (report.faults > 0) endWith(EXIT.failed)
  if (json) return out.line(jsonLine(report))
  const { intact, forgotten, events } = report
  const sum = `${count(report.payloads, 'payload')} of ${count(events, 'event')}`
  await out.line(`Verified ${sum}: ${intact} intact, ${forgotten} forgotten, ${count(report.faults, 'fault')}.`)
}
