import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { requirePackages } from '../../process/packages.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { portNumber } from '../support/options.ts'
import { withConsole } from '../support/session.ts'

const SETTING = 'SERVICE_BUS_CONNECTION_STRING'

// Where an emulator listens for the administration client.
const ADMINISTRATION_PORT = 5300

type Options = { readonly create?: boolean; readonly adminPort: number; readonly json?: boolean }

const notes = `
${SETTING} is the connection string of the namespace, or of an emulator, with the right to manage.
What exists is never changed: most of these settings can only be set at creation. Exits with ${EXIT.attention} when something
differs.`

/** `tidemark bus check`: compares a queue, topic or subscription with what is needed. */
export const addBusCheck = (group: Command): Command =>
  explain(group.command('check'), ['bus check prod-shop.shipment', 'bus check news/mail --create'], notes)
    .description('Compares a queue, topic or subscription of Azure Service Bus with what Tidemark needs.')
    .argument('<entity>', 'a queue or a topic, or <topic>/<subscription>')
    .option('--create', 'create it, as it must be, if it does not exist')
    .option(
      '--admin-port <number>',
      'port of an emulator for the administration client',
      portNumber,
      ADMINISTRATION_PORT,
    )
    .option('--json', 'JSON output')
    .action((entity: string, { create = false, adminPort, json = false }: Options) =>
      withConsole(json, async ({ rows, tell, endWith }) => {
        const { checkEntity } = await import('../../connectors/service-bus/check/check-entity.ts')
        const checked = await checkEntity(await openAdministration(adminPort), entity, { create })
        const { kind, created, differences } = checked
        if (differences.length > 0) endWith(EXIT.attention)
        if (json || differences.length === 0) {
          const state = created ? 'was created' : 'is as it must be'
          return tell({ entity, ...checked }, `The ${kind} ${entity} ${state}`)
        }
        await rows(differences, {
          entity: (one) => one.entity,
          setting: ({ setting }) => setting,
          found: ({ found }) => found,
          needed: ({ needed }) => needed,
          why: ({ why }) => why,
        })
      }),
    )

/** @throws InvalidConfiguration without a connection string, or with an invalid one */
async function openAdministration(adminPort: number) {
  requirePackages('tidemark bus check', '@azure/service-bus')
  const given = process.env[SETTING]
  if (given === undefined || given === '') throw new InvalidConfiguration(SETTING, 'must be a connection string')
  const { ServiceBusAdministrationClient } = await import('@azure/service-bus')
  const isEmulator = /UseDevelopmentEmulator=true/i.test(given)
  const connectionString = isEmulator ? given.replace(/(Endpoint=sb:\/\/[^:;/]+)(:\d+)?/i, `$1:${adminPort}`) : given
  let client: InstanceType<typeof ServiceBusAdministrationClient>
  try {
    client = new ServiceBusAdministrationClient(connectionString, { retryOptions: { maxRetries: 1 } })
  } catch (cause) {
    // The message of the SDK may repeat the key.
    throw new InvalidConfiguration(SETTING, 'is not a connection string', { cause })
  }
  if (isEmulator) {
    const { plainHttpPolicy } = await import('../../service-bus-emulator/index.ts')
    client.pipeline.addPolicy(plainHttpPolicy)
  }
  return client
}
