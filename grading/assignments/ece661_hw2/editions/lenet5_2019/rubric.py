"""Lab 2 of 2019, one notebook and a report: 125 points, divided by us where only the sum is known.

The notebook holds the network as it was left in the end, with augmentation and normalisation in it; what was tried on
the way, the counts by hand and the network of one's own stand in the report, which a person reads.
"""

from pathlib import Path

from grading.assignments.ece661_hw2 import lab1, lab2, report, tools
from grading.assignments.ece661_hw2.editions import repeat
from grading.authoring import Part, Prose, Rubric
from grading.checks.answers import Question, answer, handed_out

rubric = Rubric("ece661-lab2-2019", points="125")

given = handed_out(Path(__file__).parent / "starter" / report.FILE)
written = rubric.add(Part(report.FILE))
ASKED = (
    ("task-1", "1. Parameters and operations by hand", "15", "1", (
        "parameters: 456, 2,416, 48,120, 10,164, 850; 62,006 in all",
        "multiplications: 352,800, 240,000, 48,000, 10,080, 840; 651,720 in all",
    )),
    ("task-4", "4. Hyper-parameters, decay, more than 70 %", "20", "4", (
        "several rates and strengths were tried, and the numbers are told",
        "the rate is decayed, for instance by 0.98 every two epochs",
        "validation accuracy above 70 %",
    )),
    ("task-5", "5. Your own network", "15", "5", ("the network is described, and what was gained by each change",)),
)  # fmt: skip
for id_, title, points, number, look_for in ASKED:
    find = answer(Question(numbers=(number,), headings=(title.partition(". ")[2],)), given)
    written.criterion(id_, title, section="Report", points=points).asks(
        id_.replace("-", "_"), title, find=report.or_unplaced(find), accepts=Prose(look_for)
    )
report.add_initial_loss(
    written, "3. (a) The loss before training", section="Report", points="10", given=given, number="3a"
)

WORTH = {"lab1-network": "15", "lab1-pictures": "10", "lab1-setup": "5", "lab1-training": "15"}
LATER = {"lab2-augmentation": "10", "lab2-normalisation": "10"}
part = rubric.add(Part(lab1.FILE, mode="run", files=tools.FILES, options=tools.OPTIONS))
for row in lab1.part.criteria:
    repeat(part, row, points=WORTH[row.id], section="Notebook")
for row in lab2.part.criteria:
    if row.id in LATER:
        repeat(part, row, points=LATER[row.id], section="Notebook")
