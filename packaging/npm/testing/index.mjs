// The kit is in CommonJS, so that a program that both imports and requires it has it once.
export { startEmulator, EmulatorError } from './index.js';
