import { Command } from 'commander'
import { packageVersion } from '../process/package-version.ts'
import { addBackup } from './backup.ts'
import { addBusCheck } from './bus/check.ts'
import { CHAIN } from './chain/commands.ts'
import { addCompletion } from './completion/completion.ts'
import { addContractsAsyncApi } from './contracts/asyncapi.ts'
import { addCopy } from './copy.ts'
import { addCosmosEmulator } from './cosmos-emulator.ts'
import { addDashboard } from './dashboard/dashboard.ts'
import { addFeedTail } from './feed/tail.ts'
import { addLeasesList } from './leases/list.ts'
import { addLeasesRelease } from './leases/release.ts'
import { addLogAccept } from './log/accept.ts'
import { addParkedDrop } from './parked/drop.ts'
import { addParkedList } from './parked/list.ts'
import { addParkedReplay } from './parked/replay.ts'
import { addParkedShow } from './parked/show.ts'
import { addPayloadsSweep } from './payloads/sweep.ts'
import { addPayloadsVerify } from './payloads/verify.ts'
import { addProjectionsActivate } from './projections/activate.ts'
import { addProjectionsDrop } from './projections/drop.ts'
import { addProjectionsList } from './projections/list.ts'
import { addProjectionsPause } from './projections/pause.ts'
import { addProjectionsRebuild } from './projections/rebuild.ts'
import { addProjectionsResume } from './projections/resume.ts'
import { addProjectionsStatus } from './projections/status.ts'
import { addRulesExplain } from './rules/explain.ts'
import { addRulesList } from './rules/list.ts'
import { addRulesTry } from './rules/try.ts'
import { addServiceBusEmulator } from './service-bus-emulator.ts'
import { addSetup } from './setup.ts'
import { addStreamsExport } from './streams/export.ts'
import { addStreamsList } from './streams/list.ts'
import { addStreamsShow } from './streams/show.ts'
import { EXIT } from './support/exit-codes.ts'
import { usageError } from './support/usage-error.ts'
import { addTimersCancel } from './timers/cancel.ts'
import { addTimersList } from './timers/list.ts'
import { addTimersStatus } from './timers/status.ts'
import { addUniqueCheck } from './unique/check.ts'
import { addUniqueRebuild } from './unique/rebuild.ts'
import { addVaultAdmit } from './vault/admit.ts'
import { addVaultCopy } from './vault/copy.ts'
import { addVaultForget } from './vault/forget.ts'
import { addVaultInit } from './vault/init.ts'
import { addVaultReapply } from './vault/reapply.ts'
import { addVaultRotate } from './vault/rotate.ts'
import { addVaultStatus } from './vault/status.ts'
import { addViewsGet } from './views/get.ts'
import { addViewsList } from './views/list.ts'
import { addWitness } from './witness/witness.ts'
import { addWorker } from './worker.ts'
import { addWorkersList } from './workers/list.ts'

const help = `
Storage:
  Set TIDEMARK_STORAGE, or pass --storage, to one of:
    file:./data                                      a folder
    https://account.documents.azure.com/name         a database in Azure Cosmos DB (key in COSMOS_KEY)
    cosmos-emulator://127.0.0.1:8081                 the emulator of Azure Cosmos DB on this machine
    mongodb://127.0.0.1:27017/name                   a database in MongoDB
  Every user of a machine can see the arguments of its processes, so put a URL with a password into TIDEMARK_STORAGE
  (for copy: TIDEMARK_COPY_FROM and TIDEMARK_COPY_TO).

Personal data:
  VAULT_KEY names the master key of the vault (default for file:./data: the file ./data.key, if it exists), VAULT_STORAGE
  a separate storage of the keys, and PAYLOADS where payloads are stored: see tidemark vault init --help.

Integrity:
  CHAIN_KEY names the file of the key that signs the chain's heads (default for file:./data: ./data.chain-key, if it
  exists), CHAIN_LEDGER a separate storage of the chain, and CHAIN_ANCHORS where heads are kept outside the database: see
  tidemark chain key --help.

Exit codes:
  ${EXIT.done}    done
  ${EXIT.failed}    failed
  ${EXIT.usage}    invalid command or setting
  ${EXIT.notFound}    not found
  ${EXIT.refused}    refused in the current state
  ${EXIT.attention}    projections status, vault status, chain status, timers status, bus check: something needs attention
  ${EXIT.tampered}    chain: the log or the chain is not what was sealed
  ${EXIT.gaps}    chain verify, chain anchor: something is unproven, such as events that are not sealed yet
  ${EXIT.interrupted}  interrupted by SIGINT (${EXIT.terminated}: SIGTERM)`

const GROUPS = [
  ['streams', 'Inspect streams.', [addStreamsList, addStreamsShow, addStreamsExport]],
  ['views', 'Inspect the views that projections maintain.', [addViewsGet, addViewsList]],
  [
    'projections',
    'Inspect and administer projections and their versions.',
    [
      addProjectionsList,
      addProjectionsStatus,
      addProjectionsPause,
      addProjectionsResume,
      addProjectionsActivate,
      addProjectionsRebuild,
      addProjectionsDrop,
    ],
  ],
  [
    'parked',
    'Inspect, replay and drop parked sequences: events held back behind one that failed.',
    [addParkedList, addParkedShow, addParkedReplay, addParkedDrop],
  ],
  ['rules', 'Explain what rules did, and try what they would do.', [addRulesList, addRulesExplain, addRulesTry]],
  ['timers', 'Inspect and cancel timers that have not fired.', [addTimersList, addTimersStatus, addTimersCancel]],
  ['workers', 'Inspect workers.', [addWorkersList]],
  ['leases', 'Inspect and release leases: which worker owns which feed range.', [addLeasesList, addLeasesRelease]],
  ['feed', 'Read the change feed.', [addFeedTail]],
  [
    'vault',
    'Administer the keys of people: forget a person, rotate the keys, recover from a backup.',
    [addVaultInit, addVaultStatus, addVaultForget, addVaultAdmit, addVaultRotate, addVaultReapply, addVaultCopy],
  ],
  ['payloads', 'Verify payloads, and sweep those that no event refers to.', [addPayloadsSweep, addPayloadsVerify]],
  ['contracts', 'Describe contracts between services.', [addContractsAsyncApi]],
  ['unique', 'Check and rebuild the claims of unique values.', [addUniqueRebuild, addUniqueCheck]],
  ['bus', 'Check what messages are sent to and received from.', [addBusCheck]],
  ['chain', 'Seal the log, and verify that nothing in it was changed.', CHAIN],
  ['log', 'Recover a log that was restored or lost events.', [addLogAccept]],
] as const

/** The program `tidemark` with all its commands. */
export function tidemark(): Command {
  const program = new Command('tidemark')
    .description('Administers a Tidemark event store.')
    .version(packageVersion(), '-V, --version', 'print the version of Tidemark')
    // The version of a projection is an option of some commands, too.
    .enablePositionalOptions()
    .addHelpText('after', help)
    // Errors take one line, whatever reports them.
    .configureOutput({
      outputError: (text, write) => write(`InvalidUsage: ${usageError(text)}\n`),
    })
    .exitOverride()
  for (const add of [
    addSetup,
    addWorker,
    addDashboard,
    addBackup,
    addCopy,
    addCosmosEmulator,
    addServiceBusEmulator,
    addWitness,
  ])
    add(program)
  for (const [name, description, commands] of GROUPS) {
    const group = program.command(name).description(description)
    for (const add of commands) add(group)
  }
  addCompletion(program)
  return program
}
