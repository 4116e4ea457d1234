/** The containers by what they hold. */
export const CONTAINERS = ['events', 'views', 'leases', 'snapshots'] as const

/** What a container holds. */
export type ContainerName = (typeof CONTAINERS)[number]
