"""The words of notifications, in Chinese and English: kind → locale → title and body with `{facts}`."""

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, str]
"""Locale → text."""


@dataclass(frozen=True, slots=True)
class Template:
    title: Words
    body: Words

    def written(self, locale: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """Fill in the facts; a fact that differs by language is given as `Words`."""
        told = {name: fact[locale] if isinstance(fact, Mapping) else fact for name, fact in facts.items()}
        return self.title[locale].format_map(told), self.body[locale].format_map(told)


ABSENT = "—"
"""Stands for a number or name that is not known."""

GRADES: Mapping[str, Words] = {
    "excellent": {"zh": "优秀", "en": "excellent"},
    "good": {"zh": "良好", "en": "good"},
    "fair": {"zh": "合格", "en": "fair"},
    "poor": {"zh": "待改进", "en": "poor"},
}
"""Names of the grades of the default scale; those of a company's own scale are shown by their keys."""

EFFECTS: Mapping[str, Words] = {
    "whole_cycle": {"zh": "适用于整个考核周期", "en": "It holds for the whole cycle"},
    "from_date": {"zh": "自 {day} 起适用", "en": "It holds from {day} on"},
    "next_cycle": {"zh": "自下一考核周期起适用", "en": "It holds from the next cycle on"},
}
"""From when a published scheme holds."""

NO_WEIGHT: Words = {"zh": "无", "en": "none"}
WEIGHTS_STAY: Words = {"zh": "权重不变", "en": "the weights stay as they were"}
LIST_SEPARATOR: Words = {"zh": "；", "en": "; "}

TEMPLATES: Mapping[str, Template] = {
    "task.plan.submit": Template(
        title={"zh": "请提交部门绩效指标", "en": "Please submit your department's plan"},
        body={
            "zh": "您部门绩效指标制定尚未完成，请尽快提交",
            "en": "The goal setting of your department is not finished; please submit it soon",
        },
    ),
    "task.plan.escalated": Template(
        title={"zh": "{department}的绩效指标逾期未提交", "en": "The plan of {department} is late"},
        body={
            "zh": "{department}的绩效指标（{cycle}）已于 {due_on} 到期，至今未提交，请督促其负责人尽快提交。",
            "en": "The plan of {department} for {cycle} was due on {due_on} and is not submitted yet; "
            "please see to it that its head submits it.",
        },
    ),
    "plan.submitted": Template(
        title={"zh": "{department}已提交绩效指标", "en": "{department} has submitted its plan"},
        body={
            "zh": "{department}的绩效指标（{cycle}）已提交，等待审批。",
            "en": "The plan of {department} for {cycle} was submitted and waits for approval.",
        },
    ),
    "plan.returned": Template(
        title={"zh": "{department}的绩效指标被退回", "en": "The plan of {department} was returned"},
        body={
            "zh": "{department}的绩效指标（{cycle}）被退回，请修改后重新提交。意见：{comment}",
            "en": "The plan of {department} for {cycle} was returned; please change and submit it again. "
            "Comment: {comment}",
        },
    ),
    "plan.approved": Template(
        title={"zh": "{department}的绩效指标已通过", "en": "The plan of {department} is approved"},
        body={
            "zh": "{department}的绩效指标（{cycle}）已审批通过。",
            "en": "The plan of {department} for {cycle} was approved.",
        },
    ),
    "plan.defaulted": Template(
        title={"zh": "{department}的绩效指标已按默认生效", "en": "{department} goes by the default plan"},
        body={
            "zh": "{department}的绩效指标（{cycle}）逾期未提交，已按方案权重和生成的目标值生效，待人力资源确认。",
            "en": "The plan of {department} for {cycle} is overdue; the scheme's weights and the generated targets "
            "hold and wait for HR to confirm them.",
        },
    ),
    "scheme.published": Template(
        title={"zh": "考核方案“{scheme}”已更新", "en": "The scheme “{scheme}” has changed"},
        body={
            "zh": "考核方案“{scheme}”第 {version} 版已发布，{effect}。权重：{weights}。",
            "en": "Version {version} of the scheme “{scheme}” is published. {effect}. Weights: {weights}.",
        },
    ),
    "score.changed.scheme": Template(
        title={"zh": "您的绩效得分有变化", "en": "Your score has changed"},
        body={
            "zh": "考核方案变更后，您在{cycle}的得分由 {previous}（{previous_grade}）变为 {total}（{grade}）。",
            "en": "After a change of the scheme your score in {cycle} went from {previous} ({previous_grade}) "
            "to {total} ({grade}).",
        },
    ),
    "score.changed.target": Template(
        title={"zh": "您的绩效得分有变化", "en": "Your score has changed"},
        body={
            "zh": "目标值变更后，您在{cycle}的得分由 {previous}（{previous_grade}）变为 {total}（{grade}）。",
            "en": "After a change of the target your score in {cycle} went from {previous} ({previous_grade}) "
            "to {total} ({grade}).",
        },
    ),
    "scores.changed": Template(
        title={"zh": "{department}有 {changed} 人得分变化", "en": "{changed} scores in {department} have changed"},
        body={
            "zh": "{cycle}：{department}有 {changed} 人得分变化，平均分由 {before} 变为 {after}。",
            "en": "{cycle}: {changed} scores in {department} have changed; "
            "their average went from {before} to {after}.",
        },
    ),
    "score.revised": Template(
        title={"zh": "您的绩效结果已修订", "en": "Your published result was revised"},
        body={
            "zh": "您在{cycle}已发布的得分由 {previous}（{previous_grade}）修订为 {total}（{grade}）。原因：{reason}",
            "en": "Your published score in {cycle} was revised from {previous} ({previous_grade}) "
            "to {total} ({grade}). Reason: {reason}",
        },
    ),
    "report.ready": Template(
        title={"zh": "您的绩效报告已生成", "en": "Your performance report is ready"},
        body={
            "zh": "您在{cycle}的绩效报告已生成：{total} 分，{grade}。",
            "en": "Your performance report for {cycle} is ready: {total} points, {grade}.",
        },
    ),
    "feedback.given": Template(
        title={"zh": "您收到了绩效反馈", "en": "You have received feedback"},
        body={
            "zh": "{author}对您的绩效给出了反馈，请查看并制定改进计划。",
            "en": "{author} has given feedback on your performance; please read it and plan your improvement.",
        },
    ),
    "improvement_plan.submitted": Template(
        title={"zh": "{employee}提交了改进计划", "en": "{employee} has submitted an improvement plan"},
        body={
            "zh": "{employee}（{department}）提交了改进计划，请查看并确认。",
            "en": "{employee} ({department}) has submitted an improvement plan; please read and accept it.",
        },
    ),
    "improvement_plan.accepted": Template(
        title={"zh": "{employee}的改进计划已确认", "en": "The improvement plan of {employee} is accepted"},
        body={
            "zh": "{employee}（{department}）的改进计划已确认。",
            "en": "The improvement plan of {employee} ({department}) was accepted.",
        },
    ),
    "improvement_plan.done": Template(
        title={"zh": "{employee}完成了改进计划", "en": "{employee} has completed the improvement plan"},
        body={
            "zh": "{employee}（{department}）的改进计划已全部完成。",
            "en": "The improvement plan of {employee} ({department}) is completed.",
        },
    ),
}
"""A kind that is not here is not told to anybody."""
