// Loads the sources as jest does, and anew for each run: a module of core that remembers what it answered must not answer
// one mutant with what it found under another. What only reads the configuration is loaded once.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const LOADED_ONCE = /\/node_modules\/|\/src\/platform\//;
const LOADER = /\/src\/platform\/catalogue\/(load-catalogue|load-policies)\.ts$/;
const COMPILED = new Map();

const runOf = (url = '') => new URL(url, 'file:').searchParams.get('run');

/**
 * @param {object} transform as jest.config.mjs gives it to `@swc/jest`
 * @param {string} loadedOnce the module that stands in for what loads the configuration
 * @param {() => boolean} countsCoverage whether instrumented code should count what runs; it takes a third of the time
 */
export function loadFreshModules(transform, loadedOnce, countsCoverage) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!specifier.startsWith('.')) return nextResolve(specifier, context);
      const run = runOf(context.parentURL);
      const { href } = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (!specifier.endsWith('.js') || !context.parentURL.replace(/\?.*/, '').endsWith('.ts'))
        return nextResolve(specifier, context);
      if (run === null) return { url: href, format: 'module', shortCircuit: true };
      if (LOADER.test(href)) return { url: loadedOnce, format: 'module', shortCircuit: true };
      return { url: LOADED_ONCE.test(href) ? href : `${href}?run=${run}`, format: 'module', shortCircuit: true };
    },
    load(url, context, nextLoad) {
      const path = url.replace(/\?.*/, '');
      if (!path.endsWith('.ts') || path.includes('/node_modules/')) return nextLoad(url, context);
      const source =
        COMPILED.get(path) ??
        transformSync(readFileSync(fileURLToPath(path), 'utf8'), { ...transform, filename: fileURLToPath(path) }).code;
      COMPILED.set(path, source);
      const counted = countsCoverage() ? source : source.replace('function cover() {', 'function cover() { return;');
      return { format: 'module', source: counted, shortCircuit: true };
    },
  });
}
