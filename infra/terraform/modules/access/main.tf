# Who in the cluster may do what in AWS: a role a service account. Pod Identity gives the role out; the chart's annotation
# (eks.amazonaws.com/role-arn) works too, for clusters without the agent, so the roles trust both.

data "aws_partition" "this" {}

resource "aws_iam_openid_connect_provider" "cluster" {
  url            = var.oidc_issuer
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  issuer = replace(var.oidc_issuer, "https://", "")

  # Add-ons by service account: what they do in AWS.
  addons = {
    keda-operator = {
      namespace = "keda"
      statements = [{
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes"]
        Resource = var.queue_arns
      }]
    }
    external-secrets = {
      namespace = "external-secrets"
      statements = [
        {
          Effect   = "Allow"
          Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
          Resource = var.cluster_secret_arns
        },
        {
          Effect   = "Allow"
          Action   = ["kms:Decrypt"]
          Resource = [var.key_arn]
        },
      ]
    }
    otel-collector = {
      namespace = "observability"
      statements = [
        {
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = ["*"]
        },
        {
          # Metrics, too: CloudWatch reads them from log lines (embedded metric format).
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = flatten([for arn in var.log_group_arns : [arn, "${arn}:*"]])
        },
      ]
    }
    # Its mails go the way of AWS's own alarms (charts/ticketing/alertmanager.yaml).
    kube-prometheus-stack-alertmanager = {
      namespace = "monitoring"
      statements = [
        {
          Effect   = "Allow"
          Action   = ["sns:Publish"]
          Resource = var.alert_topic_arns
        },
        {
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = [var.key_arn]
          Condition = { StringLike = { "kms:ViaService" = "sns.*.amazonaws.com" } }
        },
      ]
    }
    cluster-autoscaler = {
      namespace = "kube-system"
      statements = [
        {
          Effect = "Allow"
          Action = [
            "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribeScalingActivities", "ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions",
            "ec2:GetInstanceTypesFromInstanceRequirements", "eks:DescribeNodegroup"
          ]
          Resource = ["*"]
        },
        {
          Effect    = "Allow"
          Action    = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
          Resource  = ["*"]
          Condition = { StringEquals = { "aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster_name}" = "owned" } }
        },
      ]
    }
    aws-load-balancer-controller = {
      namespace  = "kube-system"
      statements = local.load_balancer
    }
  }

  # Changes only what carries this cluster's tag.
  load_balancer = [
    {
      Effect = "Allow"
      Action = [
        "acm:DescribeCertificate", "acm:ListCertificates",
        "cognito-idp:DescribeUserPoolClient",
        "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeCoipPools",
        "ec2:DescribeInstances", "ec2:DescribeInternetGateways", "ec2:DescribeIpamPools", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
        "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:GetCoipPoolUsage", "ec2:GetSecurityGroupsForVpc",
        "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListenerCertificates", "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTrustStores",
        "shield:GetSubscriptionState", "shield:DescribeProtection",
        "wafv2:GetWebACL", "wafv2:GetWebACLForResource",
      ]
      Resource = ["*"]
    },
    {
      Effect   = "Allow"
      Action   = ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
      Resource = ["*"]
    },
    {
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "elasticloadbalancing.amazonaws.com" } }
    },
    {
      Effect   = "Allow"
      Action   = ["ec2:CreateSecurityGroup"]
      Resource = ["*"]
    },
    {
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = ["arn:${data.aws_partition.this.partition}:ec2:*:*:security-group/*"]
      Condition = { StringEquals = { "ec2:CreateAction" = "CreateSecurityGroup" }, Null = { "aws:RequestTag/elbv2.k8s.aws/cluster" = "false" } }
    },
    {
      Effect    = "Allow"
      Action    = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource  = ["arn:${data.aws_partition.this.partition}:ec2:*:*:security-group/*"]
      Condition = { Null = { "aws:RequestTag/elbv2.k8s.aws/cluster" = "true", "aws:ResourceTag/elbv2.k8s.aws/cluster" = "false" } }
    },
    {
      # Also on the nodes' group, which carries no tag of the controller.
      Effect    = "Allow"
      Action    = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
      Resource  = ["*"]
      Condition = { ArnEquals = { "ec2:Vpc" = var.vpc_arn } }
    },
    {
      Effect    = "Allow"
      Action    = ["ec2:DeleteSecurityGroup"]
      Resource  = ["*"]
      Condition = { Null = { "aws:ResourceTag/elbv2.k8s.aws/cluster" = "false" } }
    },
    {
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
      Resource  = ["*"]
      Condition = { Null = { "aws:RequestTag/elbv2.k8s.aws/cluster" = "false" } }
    },
    {
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:RemoveListenerCertificates",
        "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetWebAcl",
      ]
      Resource = ["*"]
    },
    {
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:AddTags"]
      Resource  = ["*"]
      Condition = { StringEquals = { "elasticloadbalancing:CreateAction" = ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule"] } }
    },
    {
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddTags", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyIpPools",
        "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
      ]
      Resource  = ["*"]
      Condition = { Null = { "aws:ResourceTag/elbv2.k8s.aws/cluster" = "false" } }
    },
  ]

  accounts = merge(
    { for app in keys(var.policies) : app => { namespace = var.namespace, policy = var.policies[app] } },
    { for name, addon in local.addons : name => {
      namespace = addon.namespace
      policy    = jsonencode({ Version = "2012-10-17", Statement = addon.statements })
    } },
  )
}

resource "aws_iam_role" "this" {
  for_each    = local.accounts
  name        = "${var.name}-${each.key}"
  description = "Pods of ${each.value.namespace}/${each.key}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "pods.eks.amazonaws.com" }
        Action    = ["sts:AssumeRole", "sts:TagSession"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount"                         = var.account_id
            "aws:RequestTag/kubernetes-namespace"       = each.value.namespace
            "aws:RequestTag/kubernetes-service-account" = each.key
            "aws:RequestTag/eks-cluster-name"           = var.cluster_name
          }
        }
      },
      {
        Effect    = "Allow"
        Principal = { Federated = aws_iam_openid_connect_provider.cluster.arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = "system:serviceaccount:${each.value.namespace}:${each.key}"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.accounts
  name     = "own"
  role     = aws_iam_role.this[each.key].id
  policy   = each.value.policy
}

resource "aws_eks_pod_identity_association" "this" {
  for_each        = local.accounts
  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.key
  role_arn        = aws_iam_role.this[each.key].arn
}
