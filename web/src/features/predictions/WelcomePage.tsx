import { useState } from 'react';
import { useSubscription } from 'urql';
import { Button, CopyButton, Select } from '@mantine/core';
import { CopyBlock } from '../../components/CopyBlock';
import { MeaningMark } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Failing, LoadingBlock } from '../../components/states';
import { useTitle } from '../../components/useTitle';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { count } from '../../lib/format';
import { useSession } from '../../lib/session';
import { ingestCommand, registerCommand, versionCommand } from './commands';
import classes from './WelcomePage.module.css';

const WelcomeScreen = graphql(`
  query WelcomeScreen {
    projects(first: 20) {
      nodes {
        id
        name
      }
    }
    models(first: 50, orderBy: REGISTERED_DESC) {
      nodes {
        id
        name
        versions(first: 1) {
          nodes {
            id
            tag
            signature {
              classes
              columns {
                name
                kind
              }
            }
          }
        }
      }
    }
  }
`);

const FirstPrediction = graphql(`
  subscription FirstPrediction($modelId: ID!, $after: Cursor) {
    ingestion(modelId: $modelId, after: $after) {
      cursor
      predictions
      labels
    }
  }
`);

/** From nothing to the first prediction on the screen, in three commands to copy. */
export function WelcomePage() {
  useTitle('Send predictions');
  const session = useSession();
  const [result, readAgain] = useKeptQuery({ query: WelcomeScreen });
  const [chosen, setChosen] = useState<string | null>(null);
  const models = result.data?.models.nodes ?? [];
  const model = models.find((each) => each.id === chosen) ?? models[0];
  const version = model?.versions.nodes[0];
  const [arrived] = useSubscription({ query: FirstPrediction, variables: { modelId: model?.id ?? '' }, pause: model === undefined });
  const predictions = arrived.data?.ingestion.predictions ?? 0;
  if (result.error && !result.data) return <Failing what="The projects" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
  if (!result.data) return <LoadingBlock height={480} />;
  const origin = window.location.origin;
  return (
    <div className={classes.page}>
      <header>
        <h1>Three steps to the first prediction on this screen</h1>
        <p className="dim">
          The commands read <code>CDT_TOKEN</code>. Yours is good for an hour at most; programs use an API key.{' '}
          <CopyButton value={`export CDT_TOKEN=${session?.accessToken ?? ''}`}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>{copied ? 'Copied' : 'Copy the line that sets it'}</Button>
            )}
          </CopyButton>
        </p>
      </header>
      <Panel title="1. Register a model" actions={<Done isDone={model !== undefined} text={model === undefined ? 'Waiting' : model.name} />}>
        <CopyBlock label="register a model" text={registerCommand(origin, result.data.projects.nodes[0]?.id ?? 'PROJECT_ID')} />
      </Panel>
      <Panel title="2. Add a version with its signature" actions={<Done isDone={version !== undefined} text={version?.tag ?? 'Waiting'} />}>
        <CopyBlock label="add a version" text={versionCommand(origin, model?.id ?? 'MODEL_ID')} />
      </Panel>
      <Panel
        title="3. Send predictions"
        note="NDJSON, CSV or Arrow IPC; each row is durable before it is acknowledged."
        actions={<Done isDone={predictions > 0} text={predictions > 0 ? `${count(predictions)} predictions` : 'Waiting for the first'} />}
      >
        <div className={classes.step}>
          {models.length > 1 && model && (
            <Select
              label="Model"
              size="xs"
              w={280}
              allowDeselect={false}
              data={models.map((each) => ({ value: each.id, label: each.name }))}
              value={model.id}
              onChange={setChosen}
            />
          )}
          <CopyBlock label="send a prediction" text={ingestCommand(origin, version ?? null, new Date())} />
          {model && predictions > 0 && <p><PlaceLink to={paths.model(model.id)}>Look at {model.name}</PlaceLink></p>}
        </div>
      </Panel>
    </div>
  );
}

function Done({ isDone, text }: { isDone: boolean; text: string }) {
  return <MeaningMark meaning={isDone ? 'good' : 'unknown'}>{text}</MeaningMark>;
}
