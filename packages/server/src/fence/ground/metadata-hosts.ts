/** Where clouds tell a machine who it is, keys included: link-local, a few fixed addresses, and their names. */
export function isMetadataHost(host: string): boolean {
  return (
    /^169\.254\.\d+\.\d+$/.test(host) ||
    /^fe[89ab][0-9a-f]:[0-9a-f:.]{0,40}$/.test(host) ||
    metadataHosts.has(host)
  )
}

const metadataHosts = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
  "metadata",
  "metadata.google.internal",
  "metadata.azure.internal",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
])
