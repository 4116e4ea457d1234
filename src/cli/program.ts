import { Command } from 'commander'
import { addBackup } from './backup.ts'
import { addCopy } from './copy.ts'
import { addCosmosEmulator } from './cosmos-emulator.ts'
import { addFeedTail } from './feed/tail.ts'
import { addLeasesList } from './leases/list.ts'
import { addLeasesRelease } from './leases/release.ts'
import { addLogAccept } from './log/accept.ts'
import { addParkedDrop } from './parked/drop.ts'
import { addParkedList } from './parked/list.ts'
import { addParkedReplay } from './parked/replay.ts'
import { addParkedShow } from './parked/show.ts'
import { addProjectionsActivate } from './projections/activate.ts'
import { addProjectionsDrop } from './projections/drop.ts'
import { addProjectionsList } from './projections/list.ts'
import { addProjectionsRebuild } from './projections/rebuild.ts'
import { addProjectionsStatus } from './projections/status.ts'
import { addSetup } from './setup.ts'
import { addStreamsExport } from './streams/export.ts'
import { addStreamsShow } from './streams/show.ts'
import { EXIT } from './support/exit-codes.ts'
import { oneLine } from './support/one-line.ts'
import { addWorker } from './worker.ts'

const help = `
Storage:
  TIDEMARK_STORAGE or --storage names it: file:./data is a folder,
  https://account.documents.azure.com/name a database in Azure Cosmos DB (its key is read from COSMOS_KEY),
  cosmos-emulator://127.0.0.1:8081 an emulator of it on this machine,
  mongodb://127.0.0.1:27017/name a database in MongoDB.
  Give a URL with a password in it by TIDEMARK_STORAGE (for copy: TIDEMARK_COPY_FROM, TIDEMARK_COPY_TO), since all users
  of the machine can see arguments.

Exit codes:
  ${EXIT.done}    done
  ${EXIT.failed}    failed
  ${EXIT.usage}    the command or a setting is not what it must be
  ${EXIT.notFound}    what was named is not there
  ${EXIT.refused}    refused as things stand now
  ${EXIT.attention}    projections status: somebody must look at it
  ${EXIT.interrupted}  ended by SIGINT (${EXIT.terminated}: SIGTERM)`

const GROUPS = [
  ['streams', 'What is in streams.', [addStreamsShow, addStreamsExport]],
  [
    'projections',
    'Versions of projections, and how far they are.',
    [addProjectionsList, addProjectionsStatus, addProjectionsActivate, addProjectionsRebuild, addProjectionsDrop],
  ],
  [
    'parked',
    'Sequences that wait behind an event that could not be folded.',
    [addParkedList, addParkedShow, addParkedReplay, addParkedDrop],
  ],
  ['leases', 'Which worker has which feed range.', [addLeasesList, addLeasesRelease]],
  ['feed', 'The change feed.', [addFeedTail]],
  ['log', 'The log, after it was restored or lost its end.', [addLogAccept]],
] as const

/** The program `tidemark` with all its commands. */
export function tidemark(): Command {
  const program = new Command('tidemark')
    .description('Looks after a Tidemark event store.')
    .addHelpText('after', help)
    // One line for an error, as for every other one.
    .configureOutput({
      outputError: (text, write) => write(`InvalidUsage: ${oneLine(text.replace(/^error: /, ''))}\n`),
    })
    .exitOverride()
  for (const add of [addSetup, addWorker, addBackup, addCopy, addCosmosEmulator]) add(program)
  for (const [name, description, commands] of GROUPS) {
    const group = program.command(name).description(description)
    for (const add of commands) add(group)
  }
  return program
}
