import { useState } from 'react';
import { Button, CopyButton } from '@mantine/core';
import { CopyBlock } from '../../components/CopyBlock';
import { OnlyNow } from '../../components/OnlyNow';
import { Panel } from '../../components/Panel';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { useParam } from '../../components/useAsOf';
import { useTitle } from '../../components/useTitle';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { mayAnywhere, useTenants } from '../../components/useTenants';
import { graphql } from '../../gql';
import { shortName } from '../../lib/format';
import { useSession } from '../../lib/session';
import { FIRST_TAG, versionCommand } from './commands';
import { Done } from './Done';
import { RegisterStep } from './RegisterStep';
import { SEND_NOTE, SEND_TITLE, SendStep, type ChosenModel, type ChosenVersion } from './SendStep';
import classes from './WelcomePage.module.css';

const WelcomeScreen = graphql(`
  query WelcomeScreen {
    projects(first: 20) {
      nodes {
        id
        name
        permissions
      }
    }
    models(first: 50, orderBy: REGISTERED_DESC) {
      nodes {
        id
        name
      }
    }
  }
`);

const WelcomeModel = graphql(`
  query WelcomeModel($id: ID!) {
    model(id: $id) {
      id
      name
      project {
        id
        permissions
      }
      production {
        version {
          id
        }
      }
      intake {
        predictions
        highWater
      }
      versions(first: 50) {
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
`);

const REFRESH_MILLISECONDS = 3_000;

/** From nothing to the first prediction on the screen: a new model, its version, its first row; for whoever may send one. */
export function WelcomePage() {
  useTitle('Send predictions');
  const maySend = mayAnywhere(useTenants(), 'INGEST');
  return (
    <OnlyNow title="Nothing can be sent into the past">
      {maySend ? <Steps /> : <Empty title="Your role sends no predictions">An owner or an admin can give you another one.</Empty>}
    </OnlyNow>
  );
}

function Steps() {
  const session = useSession();
  const [chosenId, choose] = useParam('model');
  const [result, readAgain] = useKeptQuery({ query: WelcomeScreen });
  const [chosen, readChosen] = useKeptQuery({ query: WelcomeModel, variables: { id: chosenId }, pause: chosenId === '' });
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  const models = result.data?.models.nodes;
  if (known === null && models !== undefined && !result.stale) setKnown(new Set(models.map((each) => each.id)));
  useRefresh(readAgain, REFRESH_MILLISECONDS);
  useRefresh(readChosen, chosenId === '' ? null : REFRESH_MILLISECONDS);
  if (result.error && !result.data) return <Failing what="The projects" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
  if (!result.data || models === undefined) return <LoadingBlock height={480} />;
  // The answer for the model chosen before may still be here while this one's is asked for.
  const model = chosenId !== '' && chosen.data?.model?.id === chosenId ? chosen.data.model : null;
  const version = model && watchedVersion(model);
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
      <Panel title="1. Register a model" actions={<Done isDone={model !== null} text={model?.name ?? 'Waiting'} />}>
        <RegisterStep
          projects={result.data.projects.nodes.filter(({ permissions }) => permissions.includes('WRITE_REGISTRY'))}
          models={models}
          arrived={known === null ? [] : models.filter((each) => !known.has(each.id))}
          chosen={model}
          onChoose={choose}
        />
        {chosenId !== '' && chosen.error && <Failing what="The model" error={chosen.error} onRetry={() => readChosen({ requestPolicy: 'network-only' })} />}
      </Panel>
      <Panel title="2. Add a version with its signature" actions={<Done isDone={version !== null} text={version?.tag ?? 'Waiting'} />}>
        <VersionStep model={model} version={version} />
      </Panel>
      {model && version ? (
        <SendStep key={version.id} model={model} version={version} />
      ) : (
        <Panel title={SEND_TITLE} note={SEND_NOTE} actions={<Done isDone={false} text="Waiting" />}>
          <p className="dim">The command stands here as soon as the model has a version.</p>
        </Panel>
      )}
    </div>
  );
}

function VersionStep({ model, version }: { model: ChosenModel | null; version: ChosenVersion | null }) {
  if (model === null) return <p className="dim">The command stands here as soon as a model is registered, or chosen, in step 1.</p>;
  if (version !== null) {
    return <p>{shortName(model.name)} has version {version.tag}, which step 3 uses. There is nothing to add.</p>;
  }
  if (!model.project.permissions.includes('WRITE_REGISTRY')) {
    return <p className="dim">Your role adds no version to {shortName(model.name)}, which has none yet.</p>;
  }
  return (
    <div className={classes.step}>
      <p>This adds version {FIRST_TAG} with two made-up columns to {shortName(model.name)}. A version never changes and can&rsquo;t be taken away.</p>
      <CopyBlock label="add a version" text={versionCommand(window.location.origin, model.id)} />
    </div>
  );
}

/** The version that the model's intake is told of: the one in production, else the newest. */
function watchedVersion(model: ChosenModel): ChosenVersion | null {
  const versions = model.versions.nodes;
  return versions.find((each) => each.id === model.production?.version.id) ?? versions[0] ?? null;
}
