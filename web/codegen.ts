import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of every operation in src/, from the schema that the API exports. */
const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  ignoreNoDocuments: true,
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { AsOf: 'string', Cursor: 'string', DateTime: 'string', Position: 'string', JSON: 'unknown' },
      },
    },
  },
};

export default config;
