import { fileURLToPath } from 'node:url'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { readParameters } from './url-parameters.ts'

/** Parses a `file:` URL. @throws InvalidConfiguration */
export function parseFileUrl(url: string, setting: string): { readonly folder: string; readonly ranges?: number } {
  const [, path = '', query = ''] = /^file:([^?#]*)(?:\?([^#]*))?$/i.exec(url) ?? []
  if (path === '') throw new InvalidConfiguration(setting, 'must name a folder, as in file:./data')
  const folder = path.startsWith('//') ? absolute(`file:${path}`, setting) : decode(path, setting)
  const { ranges } = readParameters(query, ['ranges'], setting)
  if (ranges === undefined) return { folder }
  if (!/^\d{1,4}$/.test(ranges)) throw new InvalidConfiguration(setting, 'ranges must be a whole number')
  return { folder, ranges: Number(ranges) }
}

/** The folder of a storage, if it is one. @throws InvalidConfiguration */
export const folderOf = (storage: string, setting: string): string | undefined =>
  /^file:/i.test(storage) ? parseFileUrl(storage, setting).folder : undefined

/** A path beside the folder of a storage: with `.key`, `./data.key` for `file:./data`. @throws InvalidConfiguration */
export function besideFolder(storage: string, setting: string, suffix: string): string | undefined {
  const folder = folderOf(storage, setting)
  return folder === undefined ? undefined : `${folder.replace(/(?<=.)[/\\]+$/, '')}${suffix}`
}

function absolute(url: string, setting: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new InvalidConfiguration(setting, 'must be a path on this machine, as in file:///var/data', { cause })
  }
}

function decode(path: string, setting: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new InvalidConfiguration(setting, 'contains a % that escapes nothing', { cause })
  }
}
