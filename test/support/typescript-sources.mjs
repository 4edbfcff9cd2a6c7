// Lets plain Node run the sources as they are: it strips the types itself, and this finds `x.ts` where an import says
// `x.js`. For what runs outside jest: its global set-up, and processes that tests start.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const typed = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(typed))) return nextResolve(typed.href, context);
    }
    return nextResolve(specifier, context);
  },
});
