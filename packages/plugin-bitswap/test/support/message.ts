/** Upstream's own encoder, which its package does not export. */
export {
  BitswapMessage,
  BlockPresenceType,
  WantType,
} from '../../../../node_modules/@helia/bitswap/dist/src/pb/message.js'
