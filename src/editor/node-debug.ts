/** Types of the debug sessions that js-debug has of Node programs. The manifest says the same where it offers to profile one. */
export const NODE_DEBUG = /^(pwa-)?node$|^node-terminal$|^(pwa-)?extensionHost$/;
