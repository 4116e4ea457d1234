/** The containers by their content. */
export const CONTAINERS = ['events', 'views', 'leases', 'snapshots'] as const

/** The content of a container. */
export type ContainerName = (typeof CONTAINERS)[number]
