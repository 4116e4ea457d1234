import { resolveSrv } from 'node:dns/promises'
import { access, constants } from 'node:fs/promises'
import { MongoClient } from 'mongodb'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { openMongo } from '../mongo.ts'
import type { Opener } from './opener.ts'

/** Tidemark's own parameters; all others are the driver's. */
const OWN = ['slots', 'collections'] as const

/** The address of a storage in MongoDB. */
export type MongoAddress = {
  /** The connection string for the driver. */
  readonly uri: string
  readonly database: string
  readonly slots?: number
  /** The prefix of the names of its collections. */
  readonly collections?: string
}

/**
 * Opens the database of a `mongodb:` or `mongodb+srv:` URL: `mongodb://host/database?replicaSet=rs0&slots=8`. It is the
 * driver's connection string, with the name of the database, and two more parameters: `slots` and `collections`.
 */
export const openMongoUrl: Opener = async (url, { setting, clock, mustExist = false, acceptDivergedLog }) => {
  const { uri, ...address } = parseMongoUrl(url, setting)
  const client = newClient(uri, setting)
  await assertFilesExist(client, setting)
  await assertSrvExists(client, setting)
  try {
    const chosen = { ...(clock && { clock }), ...(acceptDivergedLog && { acceptDivergedLog }) }
    const storage = await openMongo(client, { ...address, setup: !mustExist, ...chosen })
    const close = async () => {
      await storage.close()
      await client.close()
    }
    return { ...storage, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await client.close()
    throw error
  }
}

/**
 * Removes our parameters from a connection string, because the driver would refuse them.
 *
 * @throws InvalidConfiguration
 */
export function parseMongoUrl(url: string, setting: string): MongoAddress {
  // No `?` occurs before the parameters, because in a password it must be escaped.
  const [, address = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? []
  const parameters = query.split('&').filter((parameter) => parameter !== '')
  const isOwn = (parameter: string) => OWN.some((name) => parameter === name || parameter.startsWith(`${name}=`))
  const { slots, collections } = ownParameters(parameters.filter(isOwn), setting)
  const others = parameters.filter((parameter) => !isOwn(parameter))
  return {
    uri: others.length > 0 ? `${address}?${others.join('&')}` : address,
    database: databaseOf(address, setting),
    ...(slots !== undefined && { slots: wholeNumber(slots, setting) }),
    ...(collections !== undefined && { collections }),
  }
}

function ownParameters(
  parameters: readonly string[],
  setting: string,
): Readonly<Partial<Record<(typeof OWN)[number], string>>> {
  const own = [...new URLSearchParams(parameters.join('&'))]
  const twice = own.find(([name], i) => own.findIndex(([other]) => other === name) !== i)
  if (twice !== undefined) throw new InvalidConfiguration(setting, `has the parameter ${twice[0]} twice`)
  return Object.fromEntries(own)
}

function databaseOf(address: string, setting: string): string {
  const [, path = ''] = /^mongodb(?:\+srv)?:\/\/[^/]*\/([^/]*)$/i.exec(address) ?? []
  const name = decode(path, setting)
  if (name === '') {
    const example = 'as in mongodb://127.0.0.1:27017/tidemark'
    throw new InvalidConfiguration(setting, `must name a database, ${example}, and escape : / ? # @ in a password by %`)
  }
  return name
}

function decode(text: string, setting: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new InvalidConfiguration(setting, 'contains a % that escapes nothing', { cause })
  }
}

function wholeNumber(text: string, setting: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidConfiguration(setting, 'slots must be a whole number')
  return Number(text)
}

function newClient(uri: string, setting: string): MongoClient {
  // Shorter than one attempt of the adapter, so that its error can say which server is not there.
  const isChosen = /[?&]serverSelectionTimeoutMS=/i.test(uri)
  try {
    return new MongoClient(uri, isChosen ? {} : { serverSelectionTimeoutMS: 9000 })
  } catch (error) {
    // The driver's message may contain the whole string, including the password.
    const says = error instanceof Error && !error.message.includes('://') ? `: ${error.message}` : ''
    throw new InvalidConfiguration(setting, `is not a connection string that the MongoDB driver accepts${says}`)
  }
}

/** Detects a mistyped file name at once, which the driver would retry repeatedly. */
async function assertFilesExist({ options }: MongoClient, setting: string): Promise<void> {
  for (const name of ['tlsCAFile', 'tlsCRLFile', 'tlsCertificateKeyFile'] as const) {
    const file = options[name]
    if (file === undefined) continue
    await access(file, constants.R_OK).catch((cause: unknown) => {
      throw new InvalidConfiguration(setting, `${name} is not a readable file`, { cause })
    })
  }
}

/** Detects a mistyped cluster name at once, for which the driver would throw a DNS error. */
async function assertSrvExists({ options: { srvHost, srvServiceName } }: MongoClient, setting: string): Promise<void> {
  if (srvHost === undefined) return
  try {
    await resolveSrv(`_${srvServiceName}._tcp.${srvHost}`)
  } catch (cause) {
    // Other DNS failures may be temporary, and are retried.
    if (!['ENOTFOUND', 'ENODATA', 'EBADNAME'].includes((cause as NodeJS.ErrnoException).code ?? '')) return
    throw new InvalidConfiguration(setting, `no cluster is called ${srvHost}`, { cause })
  }
}
