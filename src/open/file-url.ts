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
