"""The examples in deploy/: the template under cfn-lint, the state machine in moto's interpreter.

moto runs the state machine and stands in for the function: the responses are prepared, what it was asked is recorded.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
import requests
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from moto import mock_aws

from servers import PROJECT

DEPLOY = PROJECT / "deploy"
TEMPLATE = DEPLOY / "template.yaml"
STATES = DEPLOY / "step-functions.asl.json"
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/any"
EXECUTION_SECONDS = 60
# How many invocations an execution may make.
BOUND = 1000
WITHOUT_DOCKER = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}


def problems(template: str) -> list[str]:
    return [str(match) for match in lint(template, config=ManualArgs(regions=[REGION, "eu-central-1"]))]


def test_template() -> None:
    assert problems(TEMPLATE.read_text()) == []


@pytest.mark.parametrize(("right", "wrong"), [("Timeout:", "Timout:"), ("Ref Subnets", "Ref Subnet")])
def test_lint_finds_what_is_wrong(right: str, wrong: str) -> None:
    text = TEMPLATE.read_text()
    assert right in text
    assert problems(text.replace(right, wrong)) != []


def test_no_permission_for_everything() -> None:
    """Every resource of a statement is named: a bucket, a prefix or key in it, or the function."""
    resources = re.findall(r"^\s+Resource: (.*)$", TEMPLATE.read_text(), re.MULTILINE)
    assert len(resources) == 4
    assert all("arn:${AWS::Partition}:s3:::${Bucket}" in one or one == "!GetAtt Function.Arn" for one in resources)


def test_names_of_every_partition() -> None:
    """China and GovCloud have other ARNs; what the state machine needs of them the template puts in."""
    states, template = STATES.read_text(), TEMPLATE.read_text()
    assert "arn:aws:" not in states + template
    substitutions = re.search(r"DefinitionSubstitutions:\n((?: {8}\w+: .*\n)+)", template)
    assert substitutions
    assert set(re.findall(r"\$\{(\w+)\}", states)) == set(re.findall(r"(\w+): !", substitutions[1]))


def test_expired_events_raise_no_alarm() -> None:
    """While the state machine has the function, scheduled events wait and expire. Nobody keeps them, and no alarm counts
    them; failures and silence have alarms."""
    template = TEMPLATE.read_text()
    assert "OnFailure" not in template and "DeadLetter" not in template
    metrics = re.findall(r"Namespace: (\S+)\n +MetricName: (\S+)", template)
    assert metrics == [("AWS/Lambda", "Errors"), ("mysql-binlog-connector", "LagMs")]
    assert template.count("TreatMissingData: breaching") == 1


class Machine:
    """The state machine, with a function that gives prepared responses."""

    def __init__(self, responses: Sequence[dict[str, Any]], bound: int = BOUND) -> None:
        answer = requests.post("http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response",
                               json={"results": list(map(json.dumps, responses)), "region": REGION}, timeout=10)
        assert answer.status_code == 201
        boto3.client("iam", REGION).create_role(RoleName="any", AssumeRolePolicyDocument="{}")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", "")
        function = boto3.client("lambda", REGION).create_function(
            FunctionName="connector", Runtime="provided.al2023", Handler="bootstrap", Role=ROLE,
            Code={"ZipFile": code.getvalue()})
        self._client = boto3.client("stepfunctions", REGION)
        text = STATES.read_text()
        assert f'"NumericGreaterThanEquals": {BOUND}' in text
        definition = text.replace("${FunctionArn}", function["FunctionArn"]).replace("${Partition}", "aws").replace(
            f'"NumericGreaterThanEquals": {BOUND}', f'"NumericGreaterThanEquals": {bound}')
        self._arn = self._client.create_state_machine(name="catch-up", definition=definition, roleArn=ROLE)["stateMachineArn"]
        self.asked: list[dict[str, Any]] = []

    def run(self, event: dict[str, Any]) -> dict[str, Any]:
        """Executes to the end, and keeps what the function was asked."""
        arn = self._client.start_execution(stateMachineArn=self._arn, input=json.dumps(event))["executionArn"]
        deadline = time.monotonic() + EXECUTION_SECONDS
        while (execution := self._client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, "the execution does not end"
            time.sleep(0.1)
        history = self._client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        scheduled = [one["taskScheduledEventDetails"] for one in history if "taskScheduledEventDetails" in one]
        self.asked = [json.loads(one["parameters"])["Payload"] for one in scheduled]
        return execution


def response(number: int, more: bool) -> dict[str, Any]:
    """What the function answers; the shape of the README."""
    place = {"file": "binlog.000001", "pos": 1000 * number}
    return {"status": "ok", "reason": "deadline" if more else "caught_up", "more": more,
            "start": {"file": "binlog.000001", "pos": 1000 * (number - 1)}, "next": place, "rows": 10, "events": 30,
            "files": [{"uri": f"s3://example/binlog/{number}.parquet", "rows": 10, "bytes": 4000}], "lag_ms": 0,
            "max_seconds": 60, "request_id": str(number)}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(config=WITHOUT_DOCKER):
        yield


@pytest.mark.parametrize("count", [1, 2, 5])
def test_responses_are_the_next_events(aws: None, count: int) -> None:
    responses = [response(number, more=number < count) for number in range(1, count + 1)]
    machine = Machine(responses)
    first = {"start": {"file": "binlog.000001", "pos": 4}, "max_seconds": 60}
    execution = machine.run(first)
    assert execution["status"] == "SUCCEEDED", execution
    assert machine.asked == [first, *responses[:-1]]
    assert json.loads(execution["output"]) == responses[-1]


@pytest.mark.parametrize("event", [{}, {"max_seconds": 60}])
def test_the_checkpoint_knows_the_place(aws: None, event: dict[str, Any]) -> None:
    responses = [response(number, more=number < 3) for number in (1, 2, 3)]
    machine = Machine(responses)
    execution = machine.run(event)
    assert execution["status"] == "SUCCEEDED", execution
    assert machine.asked == [event] * 3
    assert json.loads(execution["output"]) == responses[-1]


def test_is_bounded(aws: None) -> None:
    machine = Machine([response(number, more=True) for number in range(1, 10)], bound=3)
    execution = machine.run({})
    assert execution["status"] == "FAILED" and execution["error"] == "Connector.TooManyInvocations", execution
    assert len(machine.asked) == 3
