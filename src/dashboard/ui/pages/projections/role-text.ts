import type { ProjectionRow } from '../../../contract/topics.ts'

type Role = ProjectionRow['role']

const ROLES: { readonly [role in Role]: string } = {
  active: 'active: readers see it',
  building: 'building: it becomes active when it has caught up',
  standby: 'standby: kept up to date, active only by command',
  old: 'old: a later version is active',
  dropping: 'dropping: its views are being deleted',
}

/** The role of a version, and what it means. */
export const roleText = (role: Role): string => ROLES[role]
