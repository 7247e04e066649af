/** The labels of groups that js-libp2p's own modules register without a label. */
const labels: readonly (readonly [pattern: RegExp, label: string])[] = [
  [/^libp2p_connection_manager_connections$/, 'state'],
  [/^libp2p_connection_manager_dials_total$/, 'direction'],
  [/^libp2p_connection_manager_dial_errors_total$/, 'direction'],
  [/^libp2p_connection_manager_dials_(inbound|outbound)_errors_total$/, 'error'],
  [/^libp2p_registrar_topologies$/, 'protocol'],
  [/_queue$/, 'state'],
]

/** The label that suits a group, by the name that a module registers; undefined when it is not known. */
export function findGroupLabel(name: unknown): string | undefined {
  return labels.find(([pattern]) => pattern.test(String(name)))?.[1]
}
