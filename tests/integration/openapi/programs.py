"""What somebody writes who has generated a client: log in, post an observation, list employees, read a scorecard."""

OPENAPI_PYTHON_CLIENT = """
import json
import os
from uuid import UUID

from steelyard_client import AuthenticatedClient, Client
from steelyard_client.api.employees import list_employees
from steelyard_client.api.observations import post_observations
from steelyard_client.api.scorecards import get_scorecard
from steelyard_client.api.sessions import post_session
from steelyard_client.models import NewSession, ObservationBatch

url = os.environ["URL"]
who = NewSession(username=os.environ["USERNAME"], password=os.environ["PASSWORD"])
session = post_session.sync(client=Client(base_url=url), body=who)
person = AuthenticatedClient(base_url=url, token=session.access_token)
system = AuthenticatedClient(base_url=url, token=os.environ["TOKEN"])
sent = post_observations.sync(client=system, body=ObservationBatch.from_dict(json.loads(os.environ["BATCH"])))
people = list_employees.sync(client=person, limit=200)
card = get_scorecard.sync(UUID(os.environ["SCORECARD"]), client=person)
print(json.dumps({"sent": sent.items[0].status, "people": len(people.data), "card": str(card.id)}))
"""

OPENAPI_GENERATOR = """
import asyncio
import json
import os

from openapi_client import ApiClient, Configuration
from openapi_client.api import EmployeesApi, ObservationsApi, ScorecardsApi, SessionsApi
from openapi_client.models import NewSession, ObservationBatch


async def main():
    url = os.environ["URL"]
    who = NewSession(username=os.environ["USERNAME"], password=os.environ["PASSWORD"])
    async with ApiClient(Configuration(host=url)) as nobody:
        session = await SessionsApi(nobody).post_session(who)
    async with ApiClient(Configuration(host=url, access_token=os.environ["TOKEN"])) as system:
        sent = await ObservationsApi(system).post_observations(ObservationBatch.from_json(os.environ["BATCH"]))
    async with ApiClient(Configuration(host=url, access_token=session.access_token)) as person:
        people = await EmployeesApi(person).list_employees(limit=200)
        card = await ScorecardsApi(person).get_scorecard(os.environ["SCORECARD"])
    print(json.dumps({"sent": sent.items[0].status, "people": len(people.data), "card": str(card.id)}))


asyncio.run(main())
"""

HEY_API = """
import { getScorecard, listEmployees, postObservations, postSession } from "./client";

const { URL: baseUrl = "", USERNAME = "", PASSWORD = "", TOKEN = "", BATCH = "", SCORECARD = "" } = process.env;

async function main(): Promise<void> {
  const throwOnError = true;
  const body = { username: USERNAME, password: PASSWORD };
  const session = await postSession({ baseUrl, body, throwOnError });
  const person = { baseUrl, auth: session.data.access_token, throwOnError } as const;
  const sent = await postObservations({ baseUrl, auth: TOKEN, body: JSON.parse(BATCH), throwOnError });
  const people = await listEmployees({ ...person, query: { limit: 200 } });
  const card = await getScorecard({ ...person, path: { scorecard_id: SCORECARD } });
  const found = { sent: sent.data.items[0]?.status, people: people.data.data.length, card: card.data.id };
  console.log(JSON.stringify(found));
}

void main();
"""

TSCONFIG = """
{
  "compilerOptions": {
    "strict": true,
    "target": "es2022",
    "lib": ["es2022", "dom", "dom.iterable"],
    "module": "commonjs",
    "moduleResolution": "node10",
    "types": ["node"],
    "outDir": "built",
    "noEmitOnError": true,
    "skipLibCheck": true
  },
  "include": ["*.ts", "client/**/*.ts"]
}
"""
