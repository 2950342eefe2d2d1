"""Reads output_result.csv the way NNC's post-processing plugins do: python3 as_they_do.py -i TABLE -t LABEL -p OUTPUT

The table is opened as UTF-8 and read with Python's csv module; a variable is the column of that name, or the first whose
header begins with it before `__` and `:`; files are found relative to the table. Prints what it found as JSON.
"""

import argparse
import csv
import json
import os
import struct


def extract(header, table, name):
    if name in header:
        column = header.index(name)
    else:
        columns = [i for i, cell in enumerate(header) if cell.split("__")[0].split(":")[0] == name]
        column = columns[0]
    return [float(line[column]) for line in table]


def size(path):
    if path.endswith(".csv"):
        with open(path, "r", encoding="utf-8") as file:
            matrix = [[float(cell) for cell in line] for line in csv.reader(file)]
        return [len(matrix), len(matrix[0])]
    with open(path, "rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:24])
    return [height, width]


def roc_auc(labels, scores):
    positive = [score for label, score in zip(labels, scores) if label == 1]
    negative = [score for label, score in zip(labels, scores) if label != 1]
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", "--input", required=True)
    parser.add_argument("-t", "--target_variable", required=True)
    parser.add_argument("-p", "--output_variable", required=True)
    args = parser.parse_args()
    with open(args.input, "r", encoding="utf8") as file:
        reader = csv.reader(file)
        header = next(reader)
        table = list(reader)
    folder = os.path.dirname(os.path.abspath(args.input))
    means, files = {}, {}
    for column, name in enumerate(header):
        try:
            values = [float(line[column]) for line in table]
            means[name] = sum(values) / len(values)
        except ValueError:
            if table[0][column].startswith("./outputs/"):
                files[name] = size(os.path.join(folder, table[0][column]))
    area = None
    if args.output_variable in header:
        area = roc_auc(extract(header, table, args.target_variable), extract(header, table, args.output_variable))
    print(json.dumps({"header": header, "rows": len(table), "means": means, "files": files, "roc_auc": area}))


main()
