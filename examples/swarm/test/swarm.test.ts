/** The example as a visitor runs it: in a process of its own, from its build. */
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { debianProgram } from '@tidegauge/testkit'

/** Names that users' dashboards are written to, and that stay though they break a naming rule. */
const agreedNames = [
  'libp2p_bandwidth_group_bytes',
  'libp2p_bandwidth_protocol_bytes',
  'libp2p_bandwidth_total_bytes',
  'libp2p_ipns_records_total',
]

/** Names that @libp2p/kad-dht gives its own metrics, which we hand through as they are. */
const upstreamNames = [
  'libp2p_kad_dht_network_message_send_times_milliseconds',
  'libp2p_kad_dht_routing_table_kad_bucket',
  'libp2p_kad_dht_routing_table_ping_new_contact_time_milliseconds',
]

/** The metrics that `promtool check metrics` complains of. */
async function lintedNames(text: string): Promise<string[]> {
  const promtool = await debianProgram('promtool', 'prometheus')
  const output = await new Promise<string>((resolve) => {
    const child = execFile(promtool, ['check', 'metrics'], (_, stdout, stderr) => resolve(stdout + stderr))
    child.stdin!.end(text)
  })
  return [
    ...new Set(
      output
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' ')[0]),
    ),
  ].sort()
}

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

test(
  'npm start’s swarm is measured while it runs, and ends cleanly on Ctrl-C',
  { timeout: 60_000 },
  async () => {
    const child = spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    child.stderr.on('data', (data) => (output += String(data)))
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    try {
      await expect.poll(() => output, { timeout: 20_000 }).toMatch(/metrics\s+http:\/\/\S+\/metrics/)
      const url = /http:\/\/\S+\/metrics/.exec(output)![0]
      const metrics = async () => (await fetch(url, { headers: { accept: 'text/plain' } })).text()
      // every node moves bytes, streams are opened, a certificate of WebRTC is told, modules' metrics come out
      const wanted = [
        /^libp2p_bandwidth_total_bytes\{node="alpha",direction="inbound"\} [1-9]\d{4,}$/m,
        /^libp2p_bandwidth_total_bytes\{node="beta",direction="outbound"\} [1-9]\d{4,}$/m,
        /^libp2p_bandwidth_protocol_bytes\{node="alpha",protocol="\/tidegauge\/swarm\/1\.0\.0",direction="inbound"\} [1-9]\d{4,}$/m,
        /^libp2p_webtransport_cert_hash\{node="alpha",state="current",hash="\S+"\} 1$/m,
        /^libp2p_resource_connections\{node="beta",direction="\w+"\} [1-9]/m,
        /^tidegauge_plugin_up\{plugin="libp2p\{node=alpha\}"\} 1$/m,
        // blocks go both ways, a debtor is known, provides are acknowledged, a name is refreshed and one backs off
        /^libp2p_bitswap_blocks_total\{node="alpha",direction="sent"\} [1-9]\d{2,}$/m,
        /^libp2p_bitswap_blocks_total\{node="beta",direction="received"\} [1-9]\d{2,}$/m,
        /^libp2p_bitswap_dont_have_total\{node="beta",direction="received"\} [1-9]/m,
        /^libp2p_bitswap_top_debtor_ratio\{node="alpha",peer="\S+",rank="1"\} [1-9]/m,
        /^libp2p_bitswap_advertisements_total\{node="alpha",target="dht",result="success"\} [1-9]/m,
        /^libp2p_ipns_refresh_total\{node="alpha",namespace="ipns",result="success"\} [1-9]/m,
        /^libp2p_ipns_refresh_total\{node="hermit",namespace="ipns",result="failure"\} [1-9]/m,
        /^libp2p_ipns_namespace_records\{node="hermit",namespace="ipns",state="backoff"\} 1$/m,
        /^libp2p_ipns_namespace_records\{node="alpha",namespace="ipns",state="active"\} 2$/m,
      ]
      for (const line of wanted) await expect.poll(metrics, { timeout: 20_000, interval: 300 }).toMatch(line)
      expect([...agreedNames, ...upstreamNames]).toEqual(
        expect.arrayContaining(await lintedNames(await metrics())),
      )
      const { origin } = new URL(url)
      expect((await fetch(`${origin}/health`)).status).toBe(200)
    } finally {
      child.kill('SIGINT')
    }
    expect(await ended).toBe(0)
    expect(output).toContain('Stopping')
    expect(output).not.toMatch(/Error|Warning/)
  },
)
