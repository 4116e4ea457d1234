import { InvalidOption } from '../../../core/errors/input.ts'
import { assertStreamId } from '../../../core/stream-id.ts'
import { assertViewKey } from '../../../core/view-key.ts'
import { MAX_NAME } from '../../../projections/define-projection.ts'
import type { ParkedRef, VersionRef } from '../../server/folding.ts'
import type { ApiRequest } from '../../server/route.ts'
import { wholeNumber } from './query.ts'

type Params = ApiRequest['params']

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** A version of a projection or a reaction. @throws InvalidOption */
export function versionRefOf({ projection = '', version = '' }: Params): VersionRef {
  return { projection: assertName(projection), version: wholeNumber('version', version, 1) }
}

/** A parked sequence. @throws InvalidOption, InvalidViewKey */
export function parkedRefOf(params: Params): ParkedRef {
  const { key = '' } = params
  assertViewKey(key)
  return { ...versionRefOf(params), key }
}

/** @throws InvalidStreamId */
export function streamIdOf({ id = '' }: Params): string {
  assertStreamId(id)
  return id
}

/** The name of a projection or a reaction; names of Tidemark's own are none. @throws InvalidOption */
function assertName(name: string): string {
  if (name.length > MAX_NAME || !NAME.test(name)) {
    throw new InvalidOption('projection', 'the name of a projection or a reaction', name)
  }
  return name
}

const MOST_OF_ID = 300

/** The id of an incident or a silence. @throws InvalidOption */
export function idOf({ id = '' }: Params): string {
  if (id === '' || id.length > MOST_OF_ID) throw new InvalidOption('id', `1 to ${MOST_OF_ID} characters`, id)
  return id
}
