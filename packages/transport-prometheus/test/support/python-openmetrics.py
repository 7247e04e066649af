"""Parses OpenMetrics documents with prometheus_client's strict parser: a JSON string a line in, a JSON object out."""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def number(value):
    return repr(float(value))


def parse(document):
    families = []
    for family in text_string_to_metric_families(document):
        samples = [[s.name, s.labels, number(s.value)] for s in family.samples]
        families.append({"name": family.name, "type": family.type, "help": family.documentation, "samples": samples})
    return families


for line in sys.stdin:
    try:
        print(json.dumps({"families": parse(json.loads(line))}), flush=True)
    except Exception as error:  # every refusal of the parser is an answer
        print(json.dumps({"refused": str(error) or repr(error)}), flush=True)
