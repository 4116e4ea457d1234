import type { createPeopleRun, PeopleRun } from './run.ts'

/** Creates the people of a run. Without people, nothing of what seals their data is loaded. */
export async function loadPeople(...run: Parameters<typeof createPeopleRun>): Promise<PeopleRun> {
  const people = await import('./run.ts')
  return people.createPeopleRun(...run)
}
