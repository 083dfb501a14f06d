import { Button } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Failing, LoadingRows } from '../../components/states';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useTitle } from '../../components/useTitle';
import { graphql } from '../../gql';
import { useSession } from '../../lib/session';
import { InvitationCard } from './InvitationCard';

const InvitationOfLink = graphql(`
  query InvitationOfLink($link: String!) {
    viewer {
      id
      email
    }
    invitation(link: $link) {
      ...InvitationOfCard
    }
  }
`);

/** Where the link of an invitation leads: for whoever is signed in, and for who has to come in first. */
export function InvitationPage() {
  useTitle('Invitation');
  const { pathname, hash } = useLocation();
  const session = useSession();
  const link = hash.slice(1);
  if (link === '') return <Unknown />;
  if (session === null) return <ComeIn from={pathname + hash} />;
  return <OfLink key={link} link={link} />;
}

function OfLink({ link }: { link: string }) {
  const [result, readAgain] = useKeptQuery({ query: InvitationOfLink, variables: { link } });
  if (!result.data) {
    return (
      <Card title="Invitation">
        {result.error ? (
          <Failing what="The invitation" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />
        ) : (
          <LoadingRows rows={4} />
        )}
      </Card>
    );
  }
  const { invitation, viewer } = result.data;
  return invitation ? <InvitationCard invitation={invitation} viewerEmail={viewer?.email ?? null} link={link} /> : <Unknown />;
}

/** Signed out nothing is told of it: who has the link need not be who was invited. */
function ComeIn({ from }: { from: string }) {
  return (
    <Card title="You are invited to an organization">
      <p>Sign in with the address that the invitation was sent to, and come back here by it.</p>
      <Button component={Link} to={paths.signIn} state={{ from }} fullWidth>Sign in</Button>
      <p>No account yet? Sign up with that address, confirm it by the mail that comes, and sign in.</p>
      <Button component={Link} to={paths.signUp} state={{ from }} variant="default" fullWidth>Sign up</Button>
    </Card>
  );
}

function Unknown() {
  return (
    <Card title="This link opens nothing">
      <p>It is incomplete, or it is no invitation of this installation. Copy it whole from the mail, or ask for another invitation.</p>
      <Link to={paths.models}>To the models</Link>
    </Card>
  );
}
