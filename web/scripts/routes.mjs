// Writes src/routeTree.gen.ts, which the type check needs before anything was built.
import { Generator, getConfig } from '@tanstack/router-generator';

const root = new URL('..', import.meta.url).pathname;
await new Generator({ config: getConfig({ target: 'react', autoCodeSplitting: true }, root), root }).run();
