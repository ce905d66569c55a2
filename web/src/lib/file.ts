/** Files the console hands to the reader. */

export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** The name a server gives a file, whatever letters it has (RFC 6266). */
export function fileName(response: Response, otherwise: string): string {
  const told = response.headers.get('content-disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(told)?.[1]
  if (encoded) return decodeURIComponent(encoded)
  return /filename="([^"]+)"/.exec(told)?.[1] ?? otherwise
}
