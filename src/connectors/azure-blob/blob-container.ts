/** What is needed of `ContainerClient` of `@azure/storage-blob`, which fits it. */
export type BlobContainer = {
  readonly containerName: string
  getBlobClient(blobName: string): BlobClientLike
  getBlockBlobClient(blobName: string): {
    uploadData(data: Uint8Array<ArrayBuffer>, options?: { abortSignal?: AbortSignal }): Promise<unknown>
  }
  listBlobsFlat(options?: BlobListOptions): AsyncIterable<BlobItemLike>
}

/** What is listed. */
export type BlobListOptions = {
  prefix?: string
  includeVersions?: boolean
}

/** What is needed of `BlobClient`. */
export type BlobClientLike = {
  download(
    offset?: number,
    count?: number,
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ readonly readableStreamBody?: AsyncIterable<unknown> | undefined }>
  delete(options?: { deleteSnapshots?: 'include' }): Promise<unknown>
  withVersion(versionId: string): BlobClientLike
}

/** A blob, or a version of one. */
export type BlobItemLike = {
  readonly name: string
  readonly versionId?: string
  readonly isCurrentVersion?: boolean
  readonly properties: { readonly contentLength?: number | undefined; readonly lastModified: Date }
}
